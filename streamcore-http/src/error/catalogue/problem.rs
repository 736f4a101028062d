//! What is wrong with one field.

use streamcore::{FailureKind, FailureReason};

use super::{
    pick,
    told::{name, schedule},
};
use crate::{edge::Language, error::Problem};

impl Problem {
    pub(in crate::error) fn message(&self, language: Language) -> String {
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
            Self::Twice { value } => say(
                format!("holds {value} twice; leave one of them out"),
                format!("содержит {value} дважды; уберите одно из них"),
            ),
            Self::Schedule(error) => schedule(error, language),
            Self::SourceName(error) => name(*error, language),
            Self::ListenerId(error) => name(*error, language),
            Self::ListenerIdType => fixed("must be a text or an integer", "должно быть строкой или целым числом"),
            Self::OwnSource => fixed(
                "is the name of the stream's own player, which tells for itself; choose another name",
                "это имя собственного плеера потока, он сообщает о себе сам; выберите другое имя",
            ),
            Self::TooManyIds { max, got } => say(
                format!(
                    "names {got} listeners, and at most {max} are taken; tell their count as listeners_count instead"
                ),
                format!("называет слушателей: {got}, а можно до {max}; передайте их число в listeners_count"),
            ),
            Self::NothingTold => fixed(
                "is missing; tell one of listeners_count, listeners, unknown, or joined and left",
                "не указано; передайте что-то одно: listeners_count, listeners, unknown или joined и left",
            ),
            Self::OnlyTrue => fixed("must be true; else leave it out", "должно быть true, иначе не указывайте"),
            Self::PlaylistType => fixed("must be local, stream or youtube", "должно быть local, stream или youtube"),
            Self::NoTrack { track } => say(
                format!("names track {track}, which is not in the library; search it again"),
                format!("называет трек {track}, которого нет в библиотеке; найдите его снова"),
            ),
            Self::Key => fixed(
                "must have 1 to 255 visible ASCII characters, and come once",
                "должен содержать от 1 до 255 видимых знаков ASCII и встречаться один раз",
            ),
            Self::LengthOfKeyed => fixed(
                "must be given with an Idempotency-Key: send the file with its length, or without a key",
                "нужен вместе с Idempotency-Key: отправьте файл с указанием длины или без ключа",
            ),
            Self::Cursor => {
                fixed("must be the `next` of an earlier page", "должен быть значением `next` предыдущей страницы")
            }
            Self::Resolution => fixed("must be 1m, 5m, 15m or 1h", "должно быть 1m, 5m, 15m или 1h"),
            Self::Moment => fixed(
                "must be a time such as 2026-11-22T13:49:00Z, or seconds since 1970",
                "должно быть временем вида 2026-11-22T13:49:00Z или числом секунд с 1970 года",
            ),
            Self::BehindTheEnd => fixed("must not be later than to", "не должно быть позже to"),
            Self::ActivityType => fixed(
                "must be stream_started, stream_stopped, stream_error, track_added, track_removed, user_registered, user_approved or user_rejected",
                "должно быть stream_started, stream_stopped, stream_error, track_added, track_removed, user_registered, user_approved или user_rejected",
            ),
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
