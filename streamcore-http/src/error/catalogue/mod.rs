//! Every sentence that people read, in both languages. Each names the thing, the reason and the next step.

mod activity;
mod notice;
mod problem;
mod told;

use std::io::ErrorKind;

use streamcore::playlist;

pub(crate) use self::notice::Notice;

use super::ApiError;
use crate::edge::Language;

/// Picks the sentence of the language.
fn pick(language: Language, english: impl Into<String>, russian: impl Into<String>) -> String {
    match language {
        Language::English => english.into(),
        Language::Russian => russian.into(),
    }
}

impl ApiError {
    /// It in words.
    pub(crate) fn message(&self, language: Language) -> String {
        let say = |en: String, ru: String| pick(language, en, ru);
        let fixed = |en: &str, ru: &str| pick(language, en, ru);
        match self {
            Self::NoScraper { .. } => fixed(
                "this needs the token for metrics, which the server is given as STREAMCORE_METRICS_TOKEN; send it as `Authorization: Bearer TOKEN`",
                "для этого нужен токен метрик, заданный серверу в STREAMCORE_METRICS_TOKEN; передайте его в заголовке `Authorization: Bearer TOKEN`",
            ),
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
            Self::StreamNotRunning { stream } | Self::NotOnAir { stream, .. } => say(
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
            Self::FileTooLong { limit } => say(
                format!("the file is larger than {limit} bytes; send a smaller one or raise library.max_upload_bytes"),
                format!("файл больше {limit} байт; отправьте поменьше или увеличьте library.max_upload_bytes"),
            ),
            Self::TooManyUploads { limit } => say(
                format!("{limit} files are being uploaded already; try again when one of them has arrived"),
                format!("уже загружается файлов: {limit}; повторите, когда один из них загрузится"),
            ),
            Self::NotStored { .. } => fixed(
                "the file cannot be stored now; the server's log says why",
                "файл сейчас нельзя сохранить; подробности в журнале сервера",
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
                format!("there are as many listeners as there may be ({limit}); try again later"),
                format!("слушателей уже столько, сколько допускается ({limit}); попробуйте позже"),
            ),
            Self::TooManySources { limit } => say(
                format!(
                    "{limit} sources tell about this stream's listeners already; use one of them, or wait until one is gone"
                ),
                format!(
                    "о слушателях этого потока уже сообщают источники ({limit}); используйте один из них или подождите, пока один исчезнет"
                ),
            ),
            Self::TooManyIds { limit } => say(
                format!(
                    "at most {limit} listeners of one stream are known by id; tell their count as listeners_count instead"
                ),
                format!(
                    "по идентификаторам известно не более {limit} слушателей одного потока; передайте их число в listeners_count"
                ),
            ),
            Self::Busy { stream } => say(
                format!("stream {stream} has too many commands waiting; try again shortly"),
                format!("у потока {stream} слишком много команд в ожидании; повторите чуть позже"),
            ),
            Self::ShuttingDown => {
                fixed("the server is shutting down; try again later", "сервер завершает работу; попробуйте позже")
            }
            // What the store said is for the log: it may name hosts and files.
            Self::Unavailable { disk: Some(ErrorKind::StorageFull), .. } => fixed(
                "the store's disk is full, so nothing can be changed now; free some space and try again",
                "диск хранилища переполнен, изменить сейчас ничего нельзя; освободите место и повторите",
            ),
            Self::Unavailable { disk: Some(ErrorKind::ReadOnlyFilesystem), .. } => fixed(
                "the store's disk is read-only, so nothing can be changed now; make it writable and try again",
                "диск хранилища доступен только для чтения, изменить сейчас ничего нельзя; разрешите запись и повторите",
            ),
            Self::Unavailable { disk: Some(_), .. } => fixed(
                "the store cannot write to its disk, so nothing can be changed now; check the disk and try again",
                "хранилище не может писать на диск, изменить сейчас ничего нельзя; проверьте диск и повторите",
            ),
            Self::Unavailable { disk: None, .. } => fixed(
                "the store is away, so this cannot be answered now; try again later",
                "хранилище недоступно, ответить сейчас нельзя; попробуйте позже",
            ),
            Self::Late => fixed(
                "this took too long and was given up; it may have been done all the same, so look before you try again",
                "это заняло слишком много времени и прервано; возможно, оно всё же выполнено: проверьте, прежде чем повторять",
            ),
            Self::MediaUnavailable { reason } => say(
                format!("media cannot be read now ({}); try again later", reason.kind.as_str()),
                format!("медиафайлы сейчас не читаются ({}); попробуйте позже", reason.kind.as_str()),
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
