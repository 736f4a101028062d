//! What was done, in words.

use streamcore::queue::Mode;

use crate::edge::Language;

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
