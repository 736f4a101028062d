// Every word of the page, in both languages. Messages of the server come in the reader's language already.

const WORDS = {
  en: {
    toQueue: "To the queue", stream: "Stream", token: "Token", nowPlaying: "Now playing", upNext: "Stopped; first in the queue",
    volume: "Volume", controls: "Controls", start: "Start", pause: "Pause", resume: "Resume", skip: "Skip", stop: "Stop", previous: "Previous",
    seek: "Position in the track", timeOf: ([now, all]) => `${now} of ${all}`, queue: "Queue", history: "History", lists: "Queue and history",
    queueEmpty: "The queue is empty. Add a track and it is next.", historyEmpty: "Nothing was played yet.",
    tokenHeading: "Service token", tokenWhy: "Changes need the service token of this server. It is kept until you close this tab.",
    forget: "Forget", cancel: "Cancel", save: "Save", otherLanguage: "Русский", listen: "Listen", stopListening: "Stop listening",
    connecting: "Connecting…", live: "Live", reconnecting: "Lost the audio; reconnecting…", notRunning: "The stream is stopped; start it to listen.",
    blocked: "The browser refused to play; press again.", nothing: "Nothing", placeholderTitle: "Waiting for tracks", pausedNote: "Paused",
    playing: "Playing", paused: "Paused", placeholder: "Placeholder", stopped: "Stopped", unknown: "…",
    offline: (s) => `Connection lost. Trying again in ${s} s.`, offlineNow: "Connection lost. Trying again…",
    storeAway: ([since, seen]) => `The store does not answer since ${since}. What plays goes on; what you see is from ${seen}; changes are not possible now.`,
    storeFull: (since) => `The store takes no changes since ${since}. What plays goes on, and what you see is as it is; changes are not possible now.`,
    noAnswer: "The server did not answer. Try again; nothing is done twice.",
    listeners: (n) => `${n} ${n === 1 ? "listener" : "listeners"}`, more: (n) => `Show ${n} more`, moreHistory: "Show more",
    // The queue.
    up: (t) => `Move up: ${t}`, down: (t) => `Move down: ${t}`, remove: (t) => `Remove: ${t}`, position: (t) => `Position of ${t}`,
    "play-now": (t) => `Play now: ${t}`, "play-next": (t) => `Play next: ${t}`, itemMore: (t) => `More about ${t}`,
    begins: (time) => `at ${time}`, by: (who) => `by ${who}`, playingAt1: "1, playing now", playNext: "Play next",
    places: ([first, last]) => `The position must be a whole number from ${first} to ${last}.`,
    movedTo: ([t, place, all]) => `${t} is now ${place} of ${all}`, removed: (t) => `Removed: ${t}`, gone: (t) => `${t || "This track"} is no longer in the queue.`,
    dragging: (t) => `Dragging ${t}. Escape lets it stay.`, changedMeanwhile: "The queue changed before this was done, so nothing was changed. This is how it is now: look again.",
    queueKeys: "Arrow keys walk through the list, Alt with arrow keys moves a track, Delete removes it, Ctrl+Z takes the last change back.",
    undo: "Undo", undoOf: (what) => `Undo ${what}`, undone: (what) => `Taken back: ${what}`, shuffle: "Shuffle", clear: "Clear",
    restore: (n) => `Restore ${n} cleared`, restoreCleared: "Restore", mode: "Order", repeat: "Repeat", tools: "The whole queue",
    fifo: "As they come", priority: "By priority", fair: "Everybody in turn", repeatOff: "No repeat", repeatOne: "Repeat track", repeatAll: "Repeat all",
    modeSet: "What is added from now on goes by this order; what waits stays as it is.", sortWaiting: "Sort what waits, too",
    playAgain: (t) => `Play again: ${t}`, playAgainShort: "Play again", played: "Played", skipped: "Skipped", failed: "Failed", other: "Ended",
    // Adding.
    adding: "Add tracks", find: "Find", pasting: "Paste", files: "Files", ways: "Ways to add",
    addLabel: "Search, or a path or address", addHint: "Search, or a path or address", add: "Add", addCount: (n) => `Add ${n} ${n === 1 ? "track" : "tracks"}`,
    added: (t) => `Added: ${t}`, addedCount: (n) => `Added ${n} ${n === 1 ? "track" : "tracks"}.`,
    addedSome: ([n, bad]) => `Added ${n}; ${bad} could not be added and ${bad === 1 ? "is" : "are"} still in the box.`,
    foundNothing: "Nothing found.", foundMore: (n) => `The first ${n}; type to find others.`, chooseAll: "Choose all", chooseNone: "Choose none",
    tokenForFiles: "The server's files are shown to those who have its token.", enterToken: "Enter the token",
    pasteLabel: "Paths or addresses, one on each line, or a whole M3U or PLS list", pasteHint: "Paths or addresses, one on each line,\nor a whole M3U or PLS list",
    line: ([n, text]) => `${n}: ${text}`, chooseFiles: "Choose files", dropHint: "or drop them anywhere on this page. Lists (M3U, PLS) are read.",
    dropHere: "Let go to add", queueUploads: "Queue them when they are there", noUploads: "This server takes no files. Put them into its media directory.",
    listTooLong: ([name, limit]) => `${name} is longer than ${limit}; split it.`, clearUploads: "Clear finished", again: "Try again",
    cancelUpload: (name) => `Cancel ${name}`, uploadAgain: (name) => `Try again: ${name}`, uploadBroken: "the connection broke off, or the server takes no more of it",
    upload_waiting: "Waiting", upload_sending: ([sent, all]) => `${sent} of ${all}`, upload_checking: "Sent; the server looks at it…",
    upload_there: "In the library", upload_queueing: "Queueing…", upload_queued: "In the queue", upload_cancelled: "Cancelled",
    upload_noToken: "Needs the token", upload_failed: (why) => `Failed: ${why}`, upload_refused: (why) => `In the library, but not queued: ${why}`,
    tokenSet: "Token is set",
    edits: {
      add: "adding", remove: "removing", move: "moving", clear: "clearing", shuffle: "shuffling", mode: "new order", migrate: "sorting", repeat: "repeat",
      restore: "restoring",
    },
    // Who listens, and how it ends.
    autoEnd: "Auto-end", settings: "Settings", keepAlive: "Keep alive", endsIn: "Ends in", dueIn: "Due in", nobody: "Nobody listens",
    audienceUnknown: "Nobody knows who listens", atLeast: (n) => `At least ${n} ${n === 1 ? "listener" : "listeners"}`,
    unknownSources: (names) => `Not heard from: ${names}.`, ownPlayer: "this server's own player",
    held_audience_unknown: "It will not end while nobody knows whether somebody listens.",
    held_store_away: "It will not end while the server's store does not answer.",
    ruleOff: "Off: it goes on until somebody stops it.",
    rule: ({ after, whenEmpty, windows }) => `Ends after ${after} without listeners${whenEmpty ? ", once the queue is empty" : ""}${windows ? `, but not in its ${windows === 1 ? "window" : `${windows} windows`}` : ""}.`,
    endsSoon: (left) => `The stream ends in ${left} if nobody listens.`, keptAlive: "It goes on: the time without listeners counts from now.",
    endedAlone: ([at, time]) => `Ended by itself: nobody listened for ${time} (${at}).`, endedByItself: (at) => `Ended by itself: nobody listened (${at}).`,
    endedBy: ([at, who]) => `Stopped by ${who} (${at}).`, endedManually: (at) => `Stopped (${at}).`,
    endedByError: (at) => `Ended: it could not go on (${at}).`, endedWho: (who) => `by ${who}`, byToken: "the service token",
    // Its settings.
    settingsWhy: "What happens when nobody listens. A change counts at once, also for a countdown that runs.",
    setEnabled: "End by itself when nobody listens", setTimeout: "After how long without listeners", setUnit: "Unit", minutes: "minutes", seconds: "seconds",
    setWarnings: "Warnings, in seconds before the end", setQueueEmpty: "Only when the queue is empty", schedule: "Windows in which it never ends",
    setZone: "Time zone", addWindow: "Add a window", removeWindow: (n) => `Remove window ${n}`, windowNo: (n) => `Window ${n}`, theWindow: (n) => `window ${n}`,
    windowDays: "Days", windowFrom: "From", windowTo: "To", noWindows: "None: it may end at any time of the week.",
    asDefault: (value) => `Server's default: ${value}`, on: "on", off: "off", none: "none",
    scheduleWords: ([zone, n]) => (n ? `${n} ${n === 1 ? "window" : "windows"} (${zone})` : `none (${zone})`),
    inSeconds: (problem) => `${problem} (in seconds)`, settingsSaved: "Saved.",
    // Its sessions.
    sessions: "Sessions", sessionsEmpty: "No session ended yet.", session_started: "Started", session_lasted: "Lasted", session_reason: "How it ended",
    session_peak: "Peak", session_total: "Total", session_tracks: "Tracks", session_errors: "Errors", sessionPeak: "Most listeners at once", sessionTotal: "Listeners in all",
    reason_auto_end: "By itself", reason_manual: "Stopped", reason_error: "Error",
    why: { not_found: "not found", forbidden: "not allowed", unreadable: "unreadable", unsupported: "unknown format", empty: "no audio", broken: "broken", stalled: "stalled", other: "other" },
  },
  ru: {
    toQueue: "К очереди", stream: "Поток", token: "Токен", nowPlaying: "Сейчас играет", upNext: "Остановлен; первый в очереди",
    volume: "Громкость", controls: "Управление", start: "Запустить", pause: "Пауза", resume: "Продолжить", skip: "Пропустить", stop: "Стоп", previous: "Назад",
    seek: "Место в треке", timeOf: ([now, all]) => `${now} из ${all}`, queue: "Очередь", history: "История", lists: "Очередь и история",
    queueEmpty: "Очередь пуста. Добавьте трек, и он будет следующим.", historyEmpty: "Пока ничего не играло.",
    tokenHeading: "Служебный токен", tokenWhy: "Для изменений нужен служебный токен этого сервера. Он хранится, пока открыта вкладка.",
    forget: "Забыть", cancel: "Отмена", save: "Сохранить", otherLanguage: "English", listen: "Слушать", stopListening: "Не слушать",
    connecting: "Подключение…", live: "Прямой эфир", reconnecting: "Звук прервался; подключаемся снова…", notRunning: "Поток остановлен; запустите его, чтобы слушать.",
    blocked: "Браузер не дал включить звук; нажмите ещё раз.", nothing: "Ничего", placeholderTitle: "Ждём треки", pausedNote: "Пауза",
    playing: "Играет", paused: "Пауза", placeholder: "Заставка", stopped: "Остановлен", unknown: "…",
    offline: (s) => `Связь потеряна. Следующая попытка через ${s} с.`, offlineNow: "Связь потеряна. Пробуем снова…",
    storeAway: ([since, seen]) => `Хранилище не отвечает с ${since}. То, что играет, играет дальше; показано состояние на ${seen}; изменения сейчас невозможны.`,
    storeFull: (since) => `Хранилище не принимает изменений с ${since}. То, что играет, играет дальше, показанное верно; изменения сейчас невозможны.`,
    noAnswer: "Сервер не ответил. Повторите: дважды ничего не сделается.",
    listeners: (n) => `${n} ${plural(n, "слушатель", "слушателя", "слушателей")}`, more: (n) => `Показать ещё ${n}`, moreHistory: "Показать ещё",
    // Очередь.
    up: (t) => `Выше: ${t}`, down: (t) => `Ниже: ${t}`, remove: (t) => `Удалить: ${t}`, position: (t) => `Место: ${t}`,
    "play-now": (t) => `Включить сейчас: ${t}`, "play-next": (t) => `Следующим: ${t}`, itemMore: (t) => `Действия: ${t}`,
    begins: (time) => `в ${time}`, by: (who) => `от ${who}`, playingAt1: "1, играет сейчас", playNext: "Следующим",
    places: ([first, last]) => `Место — целое число от ${first} до ${last}.`,
    movedTo: ([t, place, all]) => `${t}: теперь место ${place} из ${all}`, removed: (t) => `Удалено: ${t}`, gone: (t) => `${t || "Этого трека"}: в очереди уже нет.`,
    dragging: (t) => `Перетаскивается ${t}. Escape — оставить на месте.`, changedMeanwhile: "Очередь изменилась раньше, поэтому ничего не сделано. Вот она сейчас: посмотрите ещё раз.",
    queueKeys: "Стрелки ведут по списку, Alt со стрелками перемещает трек, Delete удаляет, Ctrl+Z отменяет последнее изменение.",
    undo: "Отменить", undoOf: (what) => `Отменить ${what}`, undone: (what) => `Отменено: ${what}`, shuffle: "Перемешать", clear: "Очистить",
    restore: (n) => `Вернуть очищенное (${n})`, restoreCleared: "Вернуть", mode: "Порядок", repeat: "Повтор", tools: "Вся очередь",
    fifo: "По порядку", priority: "По важности", fair: "Всем по очереди", repeatOff: "Без повтора", repeatOne: "Повтор трека", repeatAll: "Повтор всего",
    modeSet: "Новые треки пойдут в этом порядке; те, что ждут, остаются на местах.", sortWaiting: "Упорядочить и их",
    playAgain: (t) => `Сыграть снова: ${t}`, playAgainShort: "Сыграть снова", played: "Сыграно", skipped: "Пропущено", failed: "Сбой", other: "Закончено",
    // Добавление.
    adding: "Добавить треки", find: "Найти", pasting: "Вставить", files: "Файлы", ways: "Способы добавить",
    addLabel: "Поиск, путь или адрес", addHint: "Поиск, путь или адрес", add: "Добавить", addCount: (n) => `Добавить ${n} ${plural(n, "трек", "трека", "треков")}`,
    added: (t) => `Добавлено: ${t}`, addedCount: (n) => `Добавлено: ${n} ${plural(n, "трек", "трека", "треков")}.`,
    addedSome: ([n, bad]) => `Добавлено: ${n}; не вышло: ${bad}, эти строки остались в поле.`,
    foundNothing: "Ничего не найдено.", foundMore: (n) => `Первые ${n}; начните печатать, чтобы найти другие.`, chooseAll: "Выбрать все", chooseNone: "Снять выбор",
    tokenForFiles: "Файлы сервера видит тот, у кого есть его токен.", enterToken: "Ввести токен",
    pasteLabel: "Пути или адреса, по одному на строке, или целый список M3U или PLS", pasteHint: "Пути или адреса, по одному на строке,\nили целый список M3U или PLS",
    line: ([n, text]) => `${n}: ${text}`, chooseFiles: "Выбрать файлы", dropHint: "или перетащите их на страницу. Списки (M3U, PLS) будут прочитаны.",
    dropHere: "Отпустите, чтобы добавить", queueUploads: "Сразу ставить в очередь", noUploads: "Этот сервер не принимает файлы. Положите их в его каталог медиа.",
    listTooLong: ([name, limit]) => `${name} больше ${limit}; разделите его.`, clearUploads: "Убрать готовые", again: "Повторить",
    cancelUpload: (name) => `Отменить ${name}`, uploadAgain: (name) => `Повторить: ${name}`, uploadBroken: "связь прервалась, или сервер больше не принимает",
    upload_waiting: "Ждёт", upload_sending: ([sent, all]) => `${sent} из ${all}`, upload_checking: "Передано; сервер проверяет…",
    upload_there: "В библиотеке", upload_queueing: "Ставим в очередь…", upload_queued: "В очереди", upload_cancelled: "Отменено",
    upload_noToken: "Нужен токен", upload_failed: (why) => `Сбой: ${why}`, upload_refused: (why) => `В библиотеке, но не в очереди: ${why}`,
    tokenSet: "Токен задан",
    edits: {
      add: "добавление", remove: "удаление", move: "перемещение", clear: "очистку", shuffle: "перемешивание", mode: "смену порядка", migrate: "упорядочение",
      repeat: "смену повтора", restore: "возврат",
    },
    // Кто слушает и как всё кончается.
    autoEnd: "Автозавершение", settings: "Настройки", keepAlive: "Не завершать", endsIn: "До завершения", dueIn: "Срок через", nobody: "Никто не слушает",
    audienceUnknown: "Неизвестно, кто слушает", atLeast: (n) => `Не меньше чем ${n} ${plural(n, "слушатель", "слушателя", "слушателей")}`,
    unknownSources: (names) => `Нет вестей: ${names}.`, ownPlayer: "плеер этого сервера",
    held_audience_unknown: "Не завершится, пока неизвестно, слушает ли кто-нибудь.",
    held_store_away: "Не завершится, пока не отвечает хранилище сервера.",
    ruleOff: "Выключено: играет, пока не остановят.",
    rule: ({ after, whenEmpty, windows }) => `Завершится через ${after} без слушателей${whenEmpty ? ", когда очередь пуста" : ""}${windows ? ", но не в своих окнах" : ""}.`,
    endsSoon: (left) => `Поток завершится через ${left}, если никто не слушает.`, keptAlive: "Продолжаем: отсчёт без слушателей начат заново.",
    endedAlone: ([at, time]) => `Завершился сам: никто не слушал ${time} (${at}).`, endedByItself: (at) => `Завершился сам: никто не слушал (${at}).`,
    endedBy: ([at, who]) => `Остановлен: ${who} (${at}).`, endedManually: (at) => `Остановлен (${at}).`,
    endedByError: (at) => `Завершился: не мог продолжать (${at}).`, endedWho: (who) => `(${who})`, byToken: "служебный токен",
    // Настройки.
    settingsWhy: "Что делать, когда никто не слушает. Изменения действуют сразу, и на идущий отсчёт тоже.",
    setEnabled: "Завершать, когда никто не слушает", setTimeout: "Через сколько без слушателей", setUnit: "Единица", minutes: "минут", seconds: "секунд",
    setWarnings: "Предупреждения, за сколько секунд", setQueueEmpty: "Только когда очередь пуста", schedule: "Окна, когда не завершать",
    setZone: "Часовой пояс", addWindow: "Добавить окно", removeWindow: (n) => `Удалить окно ${n}`, windowNo: (n) => `Окно ${n}`, theWindow: (n) => `окном ${n}`,
    windowDays: "Дни", windowFrom: "С", windowTo: "До", noWindows: "Нет: завершиться может в любое время.",
    asDefault: (value) => `Как у сервера: ${value}`, on: "да", off: "нет", none: "нет",
    scheduleWords: ([zone, n]) => (n ? `окон: ${n} (${zone})` : `нет (${zone})`),
    inSeconds: (problem) => `${problem} (в секундах)`, settingsSaved: "Сохранено.",
    // Сеансы.
    sessions: "Сеансы", sessionsEmpty: "Ни один сеанс ещё не кончился.", session_started: "Начало", session_lasted: "Длился", session_reason: "Чем кончился",
    session_peak: "Пик", session_total: "Всего", session_tracks: "Треки", session_errors: "Сбои", sessionPeak: "Больше всего слушателей сразу", sessionTotal: "Слушателей за всё время",
    reason_auto_end: "Сам", reason_manual: "Остановлен", reason_error: "Сбой",
    why: { not_found: "не найдено", forbidden: "не разрешено", unreadable: "не читается", unsupported: "неизвестный формат", empty: "нет звука", broken: "файл повреждён", stalled: "нет ответа", other: "иное" },
  },
};

const STORED = "streamcore.language";
let language = stored() ?? (navigator.language?.toLowerCase().startsWith("ru") ? "ru" : "en");
const readers = [];

function stored() {
  const value = localStorage.getItem(STORED);
  return value in WORDS ? value : undefined;
}

function plural(n, one, few, many) {
  const tens = n % 100, units = n % 10;
  if (units === 1 && tens !== 11) return one;
  return units >= 2 && units <= 4 && (tens < 12 || tens > 14) ? few : many;
}

export const currentLanguage = () => language;

/** The word or sentence `key`, with an argument where it takes one. */
export function say(key, argument) {
  const word = WORDS[language][key];
  return typeof word === "function" ? word(argument) : word ?? key;
}

/** Why a track failed, in words. */
export const sayWhy = (kind) => WORDS[language].why[kind] ?? kind;

/** What an edit of the queue is called. */
export const sayEdit = (kind) => WORDS[language].edits[kind] ?? kind ?? "";

/** Calls `render` now and after each change of the language. */
export function onLanguage(render) {
  readers.push(render);
  render();
}

export function switchLanguage() {
  language = language === "en" ? "ru" : "en";
  localStorage.setItem(STORED, language);
  translate();
  for (const render of readers) render();
}

/** Puts the words into the elements that name one. */
export function translate() {
  document.documentElement.lang = language;
  for (const el of document.querySelectorAll("[data-i18n]")) el.textContent = say(el.dataset.i18n);
  for (const el of document.querySelectorAll("[data-i18n-placeholder]")) el.placeholder = say(el.dataset.i18nPlaceholder);
  for (const el of document.querySelectorAll("[data-i18n-label]")) el.setAttribute("aria-label", say(el.dataset.i18nLabel));
  for (const el of document.querySelectorAll("[data-i18n-title]")) el.title = say(el.dataset.i18nTitle);
  document.getElementById("language").textContent = say("otherLanguage");
  document.getElementById("language").lang = language === "en" ? "ru" : "en";
}
