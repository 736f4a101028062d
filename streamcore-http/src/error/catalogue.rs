//! Every sentence that people read, in both languages. Each names the thing, the reason and the next step.

use streamcore::{FailureKind, FailureReason, playlist, queue::Mode};

use super::{ApiError, Problem};
use crate::edge::Language;

/// Picks the sentence of the language.
fn pick(language: Language, english: impl Into<String>, russian: impl Into<String>) -> String {
    match language {
        Language::English => english.into(),
        Language::Russian => russian.into(),
    }
}

impl ApiError {
    pub(super) fn message(&self, language: Language) -> String {
        let say = |en: String, ru: String| pick(language, en, ru);
        let fixed = |en: &str, ru: &str| pick(language, en, ru);
        match self {
            Self::NotAuthenticated { reads: true } => fixed(
                "reading this needs the service token; send it as `Authorization: Bearer TOKEN`",
                "для чтения этого нужен служебный токен; передайте его в заголовке `Authorization: Bearer TOKEN`",
            ),
            Self::NotAuthenticated { reads: false } => fixed(
                "this changes something and needs the service token; send it as `Authorization: Bearer TOKEN`",
                "для изменений нужен служебный токен; передайте его в заголовке `Authorization: Bearer TOKEN`",
            ),
            Self::WrongToken => fixed(
                "the service token is not the right one; check it and send it again",
                "служебный токен неверен; проверьте его и отправьте снова",
            ),
            Self::RouteNotFound => {
                fixed("there is nothing at this address; check the path", "по этому адресу ничего нет; проверьте путь")
            }
            Self::StreamNotFound { stream } => say(
                format!("stream {stream} does not exist; create it with POST /api/v1/streams"),
                format!("потока {stream} нет; создайте его запросом POST /api/v1/streams"),
            ),
            Self::ItemNotFound { item } => say(
                format!("item {item} is not in the queue; it may have been played or removed, reload the list"),
                format!("элемента {item} нет в очереди: он уже сыгран или удалён; обновите список"),
            ),
            Self::MethodNotAllowed { allow } => say(
                format!("this address does not take that method; it takes {allow}"),
                format!("этот адрес не принимает такой метод; он принимает {allow}"),
            ),
            Self::StreamExists { stream } => say(
                format!("stream {stream} exists already; choose another id"),
                format!("поток {stream} уже есть; выберите другой номер"),
            ),
            Self::StreamRunning { stream } => say(
                format!("stream {stream} is running; stop it first"),
                format!("поток {stream} запущен; сначала остановите его"),
            ),
            Self::StreamNotRunning { stream } | Self::NotOnAir { stream } => say(
                format!("stream {stream} is not running; start it first"),
                format!("поток {stream} не запущен; сначала запустите его"),
            ),
            Self::CurrentItem { item } => say(
                format!("item {item} is playing now and keeps its place; use skip to end it"),
                format!("элемент {item} сейчас играет и не меняет место; чтобы закончить его, используйте пропуск"),
            ),
            Self::RevisionMismatch { current } => say(
                format!("the queue changed meanwhile: it is at revision {current}; reload the list and try again"),
                format!("очередь тем временем изменилась: её ревизия {current}; обновите список и повторите"),
            ),
            Self::Invalid(fields) => {
                let parts: Vec<_> =
                    fields.iter().map(|e| format!("{}: {}", e.field, e.problem.message(language))).collect();
                parts.join("; ")
            }
            Self::MalformedBody { detail } => say(
                format!("the request's body is not a JSON object ({detail}); send one"),
                format!("тело запроса — не объект JSON ({detail}); отправьте объект"),
            ),
            Self::BodyBroken => {
                fixed("the request's body broke off; send it again", "тело запроса оборвалось; отправьте его снова")
            }
            Self::BodyTimeout => fixed(
                "the request's body did not arrive in time; send it again",
                "тело запроса не пришло вовремя; отправьте его снова",
            ),
            Self::BodyTooLong { limit } => say(
                format!("the request's body is longer than {limit} bytes; send less"),
                format!("тело запроса длиннее {limit} байт; отправьте меньше"),
            ),
            Self::OutOfRange { min, max } => say(
                format!("position must be between {min} and {max}"),
                format!("позиция должна быть от {min} до {max}"),
            ),
            Self::QueueFull { limit } => say(
                format!("the queue is full ({limit} items); remove an item or raise queue.max_items"),
                format!("очередь полна ({limit} элементов); удалите что-нибудь или увеличьте queue.max_items"),
            ),
            Self::TrackNotFound { track } => say(
                format!("track {track} is not in the library; it may have been deleted, search again"),
                format!("трека {track} нет в библиотеке: возможно, он удалён; найдите его снова"),
            ),
            Self::TrackExists { track } => say(
                format!("track {track} has this location already; change that one, or delete it first"),
                format!("трек {track} уже есть в библиотеке с этим адресом; измените его или сначала удалите"),
            ),
            Self::List(error) => list(error, language),
            Self::LibraryFull { limit } => say(
                format!("the library is full ({limit} tracks); delete some or raise library.max_tracks"),
                format!("библиотека полна ({limit} треков); удалите лишние или увеличьте library.max_tracks"),
            ),
            Self::QuotaReached { limit, .. } => say(
                format!(
                    "this requester has {limit} items in the queue already, which is the limit; wait until one has played"
                ),
                format!(
                    "у этого пользователя уже {limit} элементов в очереди, больше нельзя; дождитесь, пока один сыграет"
                ),
            ),
            Self::Duplicate { of, .. } => say(
                format!("this media is in the queue already (item {of}); wait until it has played or move that item"),
                format!("этот трек уже есть в очереди (элемент {of}); дождитесь, пока он сыграет, или переместите его"),
            ),
            Self::Cooldown { until, .. } => say(
                format!("this media was played lately; it may be added again at {until}"),
                format!("этот трек недавно играл; снова добавить его можно в {until}"),
            ),
            Self::ModeMismatch { mode } => say(
                format!("the queue is in mode {}; reload it and decide again", mode.as_str()),
                format!("очередь в режиме {}; обновите её и решите заново", mode.as_str()),
            ),
            Self::NothingToUndo => fixed(
                "there is no edit of this queue that could be taken back",
                "в этой очереди нет изменений, которые можно отменить",
            ),
            Self::NothingToRestore => fixed(
                "there is nothing to restore; only what was cleared last can be",
                "восстанавливать нечего; вернуть можно только то, что очистили последним",
            ),
            Self::NothingPrevious { stream } => say(
                format!("nothing was played on stream {stream} before this that could be played again"),
                format!("в потоке {stream} до этого ничего не играло, что можно сыграть снова"),
            ),
            Self::NotInHistory { item } => say(
                format!("item {item} is not in the history; it keeps the last 1,000 that were played, reload it"),
                format!("элемента {item} нет в истории: она хранит последнюю 1000 сыгранных; обновите её"),
            ),
            Self::NothingToSeek { stream } => say(
                format!(
                    "nothing is playing on stream {stream} in which one could move, or another track by now; reload its status"
                ),
                format!("в потоке {stream} сейчас нечего перематывать или играет уже другой трек; обновите состояние"),
            ),
            Self::NotSeekable { stream } => say(
                format!("what stream {stream} plays is live and cannot be moved in; skip it instead"),
                format!("поток {stream} передаёт прямой эфир, его нельзя перемотать; используйте пропуск"),
            ),
            Self::KeyReused => fixed(
                "this Idempotency-Key was used for another request; choose a new one",
                "этот Idempotency-Key уже использован для другого запроса; выберите новый",
            ),
            Self::KeyInProgress => fixed(
                "the request with this Idempotency-Key is being carried out; send it again shortly",
                "запрос с этим Idempotency-Key ещё выполняется; повторите его чуть позже",
            ),
            Self::TooManyKeys { limit } => say(
                format!("{limit} requests with an Idempotency-Key are in progress; wait for an answer to one of them"),
                format!("уже выполняется {limit} запросов с Idempotency-Key; дождитесь ответа на один из них"),
            ),
            Self::NothingToSkip { stream } => say(
                format!("there is nothing to skip on stream {stream}; add a track first"),
                format!("в потоке {stream} нечего пропускать; сначала добавьте трек"),
            ),
            Self::ListenersFull { limit } => say(
                format!("the stream has reached its limit of {limit} listeners; try again later"),
                format!("у потока уже предельное число слушателей ({limit}); попробуйте позже"),
            ),
            Self::Busy { stream } => say(
                format!("stream {stream} has too many commands waiting; try again shortly"),
                format!("у потока {stream} слишком много команд в ожидании; повторите чуть позже"),
            ),
            Self::ShuttingDown => {
                fixed("the server is shutting down; try again later", "сервер завершает работу; попробуйте позже")
            }
            // What the store said is for the log: it may name hosts and files.
            Self::Unavailable { .. } => fixed(
                "the store is away, so this cannot be answered now; try again later",
                "хранилище недоступно, ответить сейчас нельзя; попробуйте позже",
            ),
            Self::MediaUnavailable { reason } => say(
                format!("the media directory cannot be read ({}); try again later", reason.kind.as_str()),
                format!("каталог медиафайлов не читается ({}); попробуйте позже", reason.kind.as_str()),
            ),
            Self::Corrupt { .. } => fixed(
                "the store holds something that cannot be read; the server's log says what",
                "в хранилище есть нечитаемая запись; подробности в журнале сервера",
            ),
            Self::NotSupported { operation } => say(
                format!("this server's store does not support {operation}"),
                format!("хранилище этого сервера не поддерживает {operation}"),
            ),
            Self::Internal => {
                fixed("the server made a mistake; its log says which", "ошибка на сервере; подробности в его журнале")
            }
        }
    }
}

impl Problem {
    pub(super) fn message(&self, language: Language) -> String {
        let say = |en: String, ru: String| pick(language, en, ru);
        let fixed = |en: &str, ru: &str| pick(language, en, ru);
        match self {
            Self::Required => fixed("is missing", "не указано"),
            Self::Text => fixed("must be a text", "должно быть строкой"),
            Self::Boolean => fixed("must be true or false", "должно быть true или false"),
            Self::Object => fixed("must be a JSON object", "должно быть объектом JSON"),
            Self::List => fixed("must be a list", "должно быть списком"),
            Self::Count { min, max, got } => say(
                format!("must hold {min} to {max} entries, holds {got}"),
                format!("должно содержать от {min} до {max} элементов, а содержит {got}"),
            ),
            Self::Integer => fixed(
                "must be an integer between -(2^53-1) and 2^53-1",
                "должно быть целым числом от -(2^53-1) до 2^53-1",
            ),
            Self::WholeNumber { min, max } => say(
                format!("must be a whole number between {min} and {max}"),
                format!("должно быть целым числом от {min} до {max}"),
            ),
            Self::Seconds { max } => say(
                format!("must be a number of seconds between 0 and {max}"),
                format!("должно быть числом секунд от 0 до {max}"),
            ),
            Self::Length { min, max, got } => say(
                format!("must have {min} to {max} characters, has {got}"),
                format!("должно содержать от {min} до {max} знаков, а содержит {got}"),
            ),
            Self::Bytes { max, got } => say(
                format!("must have at most {max} bytes, has {got}"),
                format!("должно занимать не больше {max} байт, а занимает {got}"),
            ),
            Self::ControlCharacters => {
                fixed("holds a control character; leave it out", "содержит управляющий символ; уберите его")
            }
            Self::TurnsText { found } => say(
                format!(
                    "holds U+{:04X}, which turns the direction of the text around it; leave it out",
                    u32::from(*found)
                ),
                format!("содержит U+{:04X}, который меняет направление текста; уберите его", u32::from(*found)),
            ),
            Self::Invisible => fixed(
                "has no character that can be seen; write a word or leave it out",
                "не содержит ни одного видимого знака; напишите слово или не указывайте",
            ),
            Self::StreamId => fixed(
                "must be a stream's number between -(2^53-1) and 2^53-1, or its UUID",
                "должен быть номером потока от -(2^53-1) до 2^53-1 или его UUID",
            ),
            Self::Uuid => fixed("must be a UUID", "должно быть UUID"),
            Self::Source => fixed("must be file, stream or youtube", "должно быть file, stream или youtube"),
            Self::Tier => fixed("must be vip, admin or normal", "должно быть vip, admin или normal"),
            Self::Mode => fixed("must be fifo, priority or fair", "должно быть fifo, priority или fair"),
            Self::Repeat => fixed("must be off, one or all", "должно быть off, one или all"),
            Self::BeyondTheEnd { length } => say(
                format!("lies behind the end of the track, which is {length} s long"),
                format!("лежит за концом трека, его длина {length} с"),
            ),
            Self::Beside { other } => say(
                format!("must not be given beside {other}; leave one of the two out"),
                format!("нельзя указывать вместе с {other}; уберите одно из двух"),
            ),
            Self::PlaylistType => fixed("must be local, stream or youtube", "должно быть local, stream или youtube"),
            Self::NoTrack { track } => say(
                format!("names track {track}, which is not in the library; search it again"),
                format!("называет трек {track}, которого нет в библиотеке; найдите его снова"),
            ),
            Self::Key => fixed(
                "must have 1 to 255 visible ASCII characters, and come once",
                "должен содержать от 1 до 255 видимых знаков ASCII и встречаться один раз",
            ),
            Self::Cursor => {
                fixed("must be the `next` of an earlier page", "должен быть значением `next` предыдущей страницы")
            }
            Self::Host => fixed("must name this server", "должен называть этот сервер"),
            Self::NotUtf8 => fixed("is not valid UTF-8", "не является верным UTF-8"),
            Self::Media(reason) => media(reason, language),
            Self::ResolverMissing => fixed(
                "needs a resolver command, and this server has none; give the address of a media file instead",
                "требует программы-распознавателя, а на этом сервере её нет; укажите адрес самого медиафайла",
            ),
        }
    }
}

/// Why media was refused. The detail comes from the media adapter, in English.
fn media(reason: &FailureReason, language: Language) -> String {
    let russian = match reason.kind {
        FailureKind::NotFound => "файл не найден",
        FailureKind::Forbidden => "такой адрес не разрешён",
        FailureKind::Unreadable => "файл не читается",
        FailureKind::Unsupported => "неизвестный формат",
        FailureKind::Empty => "в файле нет звука",
        FailureKind::Broken => "файл повреждён",
        FailureKind::Stalled => "источник не ответил вовремя",
        _ => "не удалось проверить",
    };
    pick(language, reason.detail.as_str(), format!("{russian} ({})", reason.detail))
}

/// Why a playlist was not read.
fn list(error: &playlist::Error, language: Language) -> String {
    use playlist::Error as E;
    let russian = match error {
        E::TooLarge { max, got } => format!("список слишком велик ({got} байт, можно до {max}); разделите его"),
        E::TooManyEntries { max, line } => {
            format!("в списке больше {max} записей, лишняя — в строке {line}; разделите его там")
        }
        E::Empty => "список пуст; напишите в каждой строке путь или адрес".to_owned(),
        E::Utf16 => "список в кодировке UTF-16; сохраните его как UTF-8".to_owned(),
        E::HlsStream { line } => {
            format!("строка {line}: это список частей потока HLS, а не треков; добавьте его адрес")
        }
        E::LocationTooLong { line, max, got } => {
            format!("строка {line}: адрес слишком длинный ({got} байт, можно до {max}); сократите или удалите его")
        }
        E::ControlCharacter { line } => format!("строка {line}: в адресе управляющий символ; удалите строку"),
        E::NotAPair { line } => format!("строка {line}: это не `имя=значение`, как в PLS; исправьте или удалите её"),
        E::Repeated { line, number } => {
            format!("строка {line}: File{number} в этом списке уже есть; пронумеруйте записи заново")
        }
        _ => error.to_string(),
    };
    pick(language, error.to_string(), russian)
}

/// What was done, in words.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Notice {
    Skipped,
    NotSkipped,
    Removed,
    Cleared,
    StreamDeleted,
    TrackDeleted,
    Migrated,
    Jumped,
    NotJumped,
    InMode(Mode),
}

impl Notice {
    pub(crate) fn message(self, language: Language) -> &'static str {
        let (english, russian) = match self {
            Self::Skipped => ("skipped", "пропущено"),
            Self::NotSkipped => (
                "nothing was skipped: that item is no longer current",
                "ничего не пропущено: этот элемент уже не текущий",
            ),
            Self::Removed => ("removed from the queue", "удалено из очереди"),
            Self::Cleared => ("the queue was cleared", "очередь очищена"),
            Self::StreamDeleted => ("the stream was deleted with its queue", "поток удалён вместе с очередью"),
            Self::TrackDeleted => (
                "the track was deleted from the library; queues and files keep what they have",
                "трек удалён из библиотеки; очереди и файлы остались как были",
            ),
            Self::Migrated => (
                "the mode was changed and the waiting items put in its order",
                "режим изменён, ожидающие элементы выстроены по нему",
            ),
            Self::Jumped => ("on to that item", "переход к этому элементу"),
            Self::NotJumped => (
                "nothing was skipped: that item plays already, or what played when you looked has ended",
                "ничего не пропущено: этот элемент уже играет, или закончилось то, что играло",
            ),
            Self::InMode(Mode::Fifo) => ("what is added waits behind all others", "новое встаёт в конец очереди"),
            Self::InMode(Mode::Priority) => (
                "what is added waits behind the last item of its own or a higher tier",
                "новое встаёт за последним элементом своего или более высокого ранга",
            ),
            Self::InMode(Mode::Fair) => ("requesters take turns", "заказчики чередуются"),
        };
        match language {
            Language::English => english,
            Language::Russian => russian,
        }
    }
}
