// Lists as people paste them: a location on each line, M3U, or PLS. Read here only as far as it takes to tell its entries apart;
// what they mean is the server's to say.

const NUMBERED = /^\s*(File|Title|Length)(\d+)\s*=(.*)$/i;

/** The entries: `{line, location, lines}`; `lines` is the entry in M3U, with what stands above it there. */
export function entries(text) {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  const found = /^\s*\[playlist\]/im.test(text) ? ofPls(lines) : ofM3u(lines);
  return found.map((entry) => ({ ...entry, key: entry.lines.join("\n") }));
}

/** The entries as a list that the server reads, and which line of it each entry's location has. */
export function written(some) {
  const lines = ["#EXTM3U"], places = new Map();
  for (const entry of some) {
    lines.push(...entry.lines);
    places.set(lines.length, entry);
  }
  return { text: `${lines.join("\n")}\n`, places };
}

/** The entries as text to edit. */
export const editable = (some) => some.flatMap((entry) => entry.lines).join("\n");

function ofM3u(lines) {
  const found = [];
  let above = [];
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (line.startsWith("#EXTM3U") || line === "") continue;
    above.push(line);
    if (line.startsWith("#")) continue;
    found.push({ line: index + 1, location: line, lines: above });
    above = [];
  }
  return found;
}

function ofPls(lines) {
  const parts = new Map();
  for (const [index, line] of lines.entries()) {
    const [, name, number, value] = NUMBERED.exec(line) ?? [];
    if (!name) continue;
    const entry = parts.get(number) ?? parts.set(number, {}).get(number);
    entry[name.toLowerCase()] = value.trim();
    if (name.toLowerCase() === "file") entry.line = index + 1;
  }
  return [...parts.values()].filter((entry) => entry.file).map((entry) => {
    const told = entry.title ? [`#EXTINF:${/^\d+$/.test(entry.length) ? entry.length : -1},${entry.title}`] : [];
    return { line: entry.line, location: entry.file, lines: [...told, entry.file] };
  });
}
