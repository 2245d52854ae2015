// Numbers as text. In: a number. Out: a few characters. Guarantee: the same wherever it is read, without the reader's locale.

/** 1,234,567. */
export const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");

/** Bytes: 12 B, 3.4 KB (1,024 bytes), 5 MB. */
export function bytes(value: number): string {
  const units = ["B", "KB", "MB", "GB"];
  const power = Math.min(units.length - 1, value < 1024 ? 0 : Math.floor(Math.log2(value) / 10));
  const scaled = value / 1024 ** power;
  return `${scaled >= 100 || power === 0 ? Math.round(scaled) : Number(scaled.toPrecision(3))} ${units[power]}`;
}

/** A number in so many digits, without zeros behind it. */
export const short = (value: number, digits = 4): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : String(value);
