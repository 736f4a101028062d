//! What is wrong with what is told about schedules and listeners. The core says it in English; here it is in both languages.

use streamcore::{
    auto_end::{
        ScheduleError,
        schedule::{MAX_WINDOWS, WindowError},
    },
    presence::NameError,
};

use super::pick;
use crate::edge::Language;

/// Why a name of a source or of a listener was not taken.
pub(super) fn name(error: NameError, language: Language) -> String {
    let russian = match error {
        NameError::Empty => "пусто; укажите имя".to_owned(),
        NameError::TooLong { len, limit } => {
            format!("занимает {len} байт, а можно до {limit}; сократите")
        }
        NameError::Character { character } => {
            format!("содержит {character:?}; используйте латинские буквы, цифры и . _ : @ / -")
        }
        _ => error.to_string(),
    };
    let english = match error {
        NameError::Empty => "is empty; give a name".to_owned(),
        NameError::TooLong { len, limit } => format!("must have at most {limit} bytes, has {len}; shorten it"),
        NameError::Character { character } => {
            format!("holds {character:?}; use letters of ASCII, digits and . _ : @ / -")
        }
        _ => error.to_string(),
    };
    pick(language, english, russian)
}

/// Why a time zone or a window was not taken.
pub(super) fn schedule(error: &ScheduleError, language: Language) -> String {
    let russian = match error {
        ScheduleError::UnknownZone { name, like } => {
            let like = like.unwrap_or("Europe/Moscow или UTC");
            format!("часового пояса `{name}` нет; укажите имя из базы IANA, например {like}")
        }
        ScheduleError::TooManyWindows { found } => {
            format!("окон может быть не больше {MAX_WINDOWS}, а их {found}; объедините или удалите часть")
        }
        ScheduleError::Window { reason, .. } => window(reason),
        _ => error.to_string(),
    };
    let english = match error {
        ScheduleError::Window { reason, .. } => reason.to_string(),
        _ => error.to_string(),
    };
    pick(language, english, russian)
}

fn window(error: &WindowError) -> String {
    match error {
        WindowError::NoDays => "окну нужен хотя бы один день: mon, tue, wed, thu, fri, sat или sun".to_owned(),
        WindowError::UnknownDay(day) => format!("`{day}` не день; укажите mon, tue, wed, thu, fri, sat или sun"),
        WindowError::RepeatedDay(day) => format!("{day} указан дважды; назовите каждый день один раз"),
        WindowError::NotATime { field, text } => format!(
            "в `{field}` указано `{text}`, это не время суток; пишите ЧЧ:ММ от 00:00 до 23:59, а конец дня в `to` — 24:00"
        ),
        WindowError::NoLength(time) => {
            format!("начинается и кончается в {time}; целый день пишется от 00:00 до 24:00")
        }
        WindowError::Overlaps { other } => format!("пересекается с windows[{other}]; объедините их или измените одно"),
        _ => error.to_string(),
    }
}
