//! What happened, in words. They name nobody: who did it is told apart, to who may know.

use streamcore::{EndCause, StreamId};

use super::pick;
use crate::{edge::Language, monitor::What};

impl What {
    /// It in words, on this stream.
    pub(crate) fn message(&self, stream: StreamId, language: Language) -> String {
        let say = |en: String, ru: String| pick(language, en, ru);
        match self {
            Self::Started { resumed: false } => {
                say(format!("stream {stream} went on the air"), format!("поток {stream} вышел в эфир"))
            }
            Self::Started { resumed: true } => say(
                format!("stream {stream} went on after a restart of the server"),
                format!("поток {stream} продолжен после перезапуска сервера"),
            ),
            Self::Ended { cause: EndCause::AutoEnd { .. }, .. } => say(
                format!("stream {stream} ended by itself: nobody listened"),
                format!("поток {stream} завершился сам: его никто не слушал"),
            ),
            Self::Ended { cause: EndCause::Error { .. }, .. } => say(
                format!("stream {stream} ended because it could not go on; its session says why"),
                format!("поток {stream} завершён из-за ошибки; причина указана в его сеансе"),
            ),
            Self::Ended { .. } => say(format!("stream {stream} was stopped"), format!("поток {stream} остановлен")),
            Self::TrackFailed { title, reason, .. } => say(
                format!("“{title}” could not be played on stream {stream} ({})", reason.kind.as_str()),
                format!("«{title}» не удалось сыграть в потоке {stream} ({})", reason.kind.as_str()),
            ),
            Self::PlayerFailed { reason } => say(
                format!("the player of stream {stream} could not do as told ({})", reason.kind.as_str()),
                format!("плеер потока {stream} не смог выполнить команду ({})", reason.kind.as_str()),
            ),
            Self::Added { title, count: 1 } => say(
                format!("“{title}” was added to the queue of stream {stream}"),
                format!("«{title}» добавлен в очередь потока {stream}"),
            ),
            Self::Added { title, count } => say(
                format!("{count} tracks were added to the queue of stream {stream}, the first is “{title}”"),
                format!("в очередь потока {stream} добавлены треки: {count}, первый — «{title}»"),
            ),
            Self::Removed { title, count: 1 } => say(
                format!("“{title}” was removed from the queue of stream {stream}"),
                format!("«{title}» удалён из очереди потока {stream}"),
            ),
            Self::Removed { title, count } => say(
                format!("{count} tracks were removed from the queue of stream {stream}, the first was “{title}”"),
                format!("из очереди потока {stream} удалены треки: {count}, первый — «{title}»"),
            ),
        }
    }
}
