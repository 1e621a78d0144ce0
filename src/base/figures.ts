/** Made once: to make a format costs many times what formatting does. */
const COUNTS = new Intl.NumberFormat('en-US');

/** `1,096`. */
export function formatCount(value: number): string {
  return COUNTS.format(value);
}

/** `1 gap`, `1,096 gaps`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}

/** `0.4 s`, `12 s`, `3 min 10 s`, `5 h 26 min`, `2 d 3 h`. */
export function formatSeconds(seconds: number): string {
  if (seconds > 0 && seconds < 0.0995) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 9.95 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return twoUnits(whole, 60, 'min', 's');
  if (whole < 86_400) return twoUnits(Math.round(whole / 60), 60, 'h', 'min');
  return twoUnits(Math.round(whole / 3600), 24, 'd', 'h');
}

/** `extract 0.1 s, save 3 min 10 s`; empty for no stages. */
export function stagesText(stages: Readonly<Record<string, number>> = {}): string {
  return Object.entries(stages)
    .map(([name, seconds]) => `${name.replaceAll('_', ' ')} ${formatSeconds(seconds)}`)
    .join(', ');
}

function twoUnits(value: number, size: number, big: string, small: string): string {
  const rest = value % size;
  const whole = `${Math.floor(value / size)} ${big}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}

const BYTE_UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `0 bytes`, `10 MiB`, `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${Number(value.toFixed(value < 10 ? 1 : 0)).toLocaleString('en-US')} ${BYTE_UNITS[power]}`;
}

/** `2026-11-23 14:02:11` by this machine's clock and zone. */
export function formatInstant(epochMs: number): string {
  const at = new Date(epochMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `PDC`, `PDC and PSZA`, `PDC and 2 more`; empty for no names. */
export function namesText(names: readonly string[]): string {
  const [first = '', second] = names;
  if (second === undefined) return first;
  return names.length === 2 ? `${first} and ${second}` : `${first} and ${names.length - 1} more`;
}

/** How long something takes that nobody knows exactly: `45 s`, `12 min`, `5 h 20 min`, `2 d 3 h`. */
export function formatRoughly(seconds: number): string {
  if (seconds < 100) return `${Math.max(5, Math.round(seconds / 5) * 5)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return formatSeconds(Math.round(seconds / 600) * 600);
  return formatSeconds(Math.round(seconds / 3600) * 3600);
}

/** As `formatRoughly`, in hours from the first on: `50 min`, `1 h 20 min`. */
export function formatHours(seconds: number): string {
  return seconds < 3570 ? formatRoughly(seconds) : formatSeconds(Math.round(seconds / 300) * 300);
}

/** How long is left, from the middle to what is not exceeded nine times of ten: `~12 min`, `12–18 min`, `50 s–2 min`. */
export function formatLeft(p50: number, p90: number): string {
  const [low, high] = [formatRoughly(p50), formatRoughly(p90)];
  if (low === high) return `~${low}`;
  const [first, unit] = low.split(' ');
  const isSameUnit = low.split(' ').length === 2 && high.split(' ').length === 2 && high.endsWith(` ${unit}`);
  return isSameUnit ? `${first}–${high}` : `${low}–${high}`;
}

/** How many partitions end in a time that gives a figure that can be read: `12/min`, `3.4/min`, `4.2/h`. */
export function formatRate(perMinute: number): string {
  const [value, unit] = perMinute < 1 ? [perMinute * 60, 'h'] : [perMinute, 'min'];
  return `${value.toFixed(value < 10 ? 1 : 0)}/${unit}`;
}
