//! Every sentence that people read, in both languages. Each names the thing, the reason and the next step.

use std::io::ErrorKind;

use streamcore::{FailureKind, FailureReason};

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

/// What was done, in words.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Notice {
    Skipped,
    NotSkipped,
    Removed,
    Cleared,
    StreamDeleted,
    Fifo,
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
            Self::Fifo => ("items play in the order of the list", "элементы играют в порядке списка"),
        };
        match language {
            Language::English => english,
            Language::Russian => russian,
        }
    }
}
