// Every word of the page, in both languages. Messages of the server come in the reader's language already.

const WORDS = {
  en: {
    toQueue: "To the queue", stream: "Stream", token: "Token", nowPlaying: "Now playing", upNext: "Stopped; first in the queue",
    volume: "Volume", controls: "Controls", start: "Start", pause: "Pause", resume: "Resume", skip: "Skip", stop: "Stop",
    queue: "Queue", addLabel: "File in the media directory", addHint: "File in the media directory", add: "Add", playNext: "Play next",
    queueEmpty: "The queue is empty. Add a track and it is next.", history: "Recently played", historyEmpty: "Nothing was played yet.",
    tokenHeading: "Service token", tokenWhy: "Changes need the service token of this server. It is kept until you close this tab.",
    forget: "Forget", cancel: "Cancel", save: "Save", otherLanguage: "Русский", listen: "Listen", stopListening: "Stop listening",
    connecting: "Connecting…", live: "Live", reconnecting: "Lost the audio; reconnecting…", notRunning: "The stream is stopped; start it to listen.",
    blocked: "The browser refused to play; press again.", nothing: "Nothing", placeholderTitle: "Waiting for tracks", pausedNote: "Paused",
    playing: "Playing", paused: "Paused", placeholder: "Placeholder", stopped: "Stopped", unknown: "…",
    offline: (s) => `Connection lost. Trying again in ${s} s.`, offlineNow: "Connection lost. Trying again…",
    listeners: (n) => `${n} ${n === 1 ? "listener" : "listeners"}`, items: (n) => String(n), more: (n) => `Show ${n} more`,
    up: (t) => `Move up: ${t}`, down: (t) => `Move down: ${t}`, remove: (t) => `Remove: ${t}`, position: (t) => `Position of ${t}`,
    added: (t) => `Added: ${t}`, played: "Played", skipped: "Skipped", failed: "Failed", other: "Ended", tokenSet: "Token is set",
    playingAt1: "1, playing now", places: ([first, last]) => `The position must be a whole number from ${first} to ${last}.`,
    why: { not_found: "not found", forbidden: "not allowed", unreadable: "unreadable", unsupported: "unknown format", empty: "no audio", broken: "broken", stalled: "stalled", other: "other" },
  },
  ru: {
    toQueue: "К очереди", stream: "Поток", token: "Токен", nowPlaying: "Сейчас играет", upNext: "Остановлен; первый в очереди",
    volume: "Громкость", controls: "Управление", start: "Запустить", pause: "Пауза", resume: "Продолжить", skip: "Пропустить", stop: "Стоп",
    queue: "Очередь", addLabel: "Файл в каталоге медиа", addHint: "Файл в каталоге медиа", add: "Добавить", playNext: "Следующим",
    queueEmpty: "Очередь пуста. Добавьте трек, и он будет следующим.", history: "Недавно играло", historyEmpty: "Пока ничего не играло.",
    tokenHeading: "Служебный токен", tokenWhy: "Для изменений нужен служебный токен этого сервера. Он хранится, пока открыта вкладка.",
    forget: "Забыть", cancel: "Отмена", save: "Сохранить", otherLanguage: "English", listen: "Слушать", stopListening: "Не слушать",
    connecting: "Подключение…", live: "Прямой эфир", reconnecting: "Звук прервался; подключаемся снова…", notRunning: "Поток остановлен; запустите его, чтобы слушать.",
    blocked: "Браузер не дал включить звук; нажмите ещё раз.", nothing: "Ничего", placeholderTitle: "Ждём треки", pausedNote: "Пауза",
    playing: "Играет", paused: "Пауза", placeholder: "Заставка", stopped: "Остановлен", unknown: "…",
    offline: (s) => `Связь потеряна. Следующая попытка через ${s} с.`, offlineNow: "Связь потеряна. Пробуем снова…",
    listeners: (n) => `${n} ${plural(n, "слушатель", "слушателя", "слушателей")}`, items: (n) => String(n), more: (n) => `Показать ещё ${n}`,
    up: (t) => `Выше: ${t}`, down: (t) => `Ниже: ${t}`, remove: (t) => `Удалить: ${t}`, position: (t) => `Место: ${t}`,
    added: (t) => `Добавлено: ${t}`, played: "Сыграно", skipped: "Пропущено", failed: "Сбой", other: "Закончено", tokenSet: "Токен задан",
    playingAt1: "1, играет сейчас", places: ([first, last]) => `Место — целое число от ${first} до ${last}.`,
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
  document.getElementById("language").textContent = say("otherLanguage");
  document.getElementById("language").lang = language === "en" ? "ru" : "en";
}
