// Which Keras wrote a file, by the version that it states.

/** The major version in `2.3.1` or `2.0.8-tf`; files that say none are of Keras 1, as Keras itself takes them. */
export function majorOf(version: unknown): number {
  const major = typeof version === "string" ? Number.parseInt(version, 10) : 1;
  return Number.isNaN(major) ? 1 : major;
}
