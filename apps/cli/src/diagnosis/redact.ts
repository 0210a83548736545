import { homedir, userInfo } from 'node:os';

/** Names of variables whose values nobody should paste anywhere. */
const SECRET_NAME = /token|secret|passw|credential|auth|api_?key|private|cookie/i;
/** Forms that keys of well-known services have, credentials in addresses, and identities of devices. */
const SECRET_VALUES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b(?:ghp|gho|ghs|ghu|github_pat|glpat|npm|hf|sk|xox[abpr])[_-][A-Za-z0-9_-]{10,}/g, '[removed]'],
  [/\bAKIA[A-Z0-9]{16}\b/g, '[removed]'],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, '[removed]'],
  [/\b(bearer|basic) [A-Za-z0-9+/=._~-]{8,}/gi, '$1 [removed]'],
  [/\/\/[^/\s:@]+:[^/\s@]+@/g, '//[removed]@'],
  [/\b([\w-]*(?:token|secret|passw(?:or)?d|api_?key)[\w-]*)(\s*[=:]\s*)[^\s"',;]+/gi, '$1$2[removed]'],
  [/\bGPU-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, 'GPU-[removed]'],
];

/** Whose traces are removed. */
export interface Person {
  readonly homes: readonly string[];
  readonly names: readonly string[];
}

/** The person that an environment belongs to. */
export function personOf(environment: Readonly<Record<string, string | undefined>>): Person {
  const homes = [environment['HOME'], environment['USERPROFILE'], homedir()];
  const names = [environment['USER'], environment['LOGNAME'], environment['USERNAME'], accountName()];
  return {
    // The longest first, so that no part of a path stays behind. A root folder would match every path.
    homes: [
      ...new Set(homes.flatMap((home) => (home === undefined || home.length < 3 ? [] : home))),
    ].toSorted((left, right) => right.length - left.length),
    // A short name, or one that every machine has, is also a word.
    names: [...new Set(names.flatMap((name) => name ?? []))].filter(
      (name) => name.length >= 3 && name !== 'root',
    ),
  };
}

/** A document that can be shown to anybody: without the home directory, the user's name, and anything secret. */
export function redact(value: unknown, person: Person): unknown {
  if (typeof value === 'string') return redactText(value, person);
  if (Array.isArray(value)) return value.map((member: unknown) => redact(member, person));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]: [string, unknown]) => [
      redactText(key, person),
      typeof member === 'string' && /^[A-Z0-9_]+$/.test(key) && SECRET_NAME.test(key)
        ? '[removed]'
        : redact(member, person),
    ]),
  );
}

function redactText(text: string, { homes, names }: Person): string {
  let clean = text;
  for (const home of homes) {
    // Only a whole folder: `/srv/ann` is not the home of `/srv/anna`.
    clean = clean.replaceAll(new RegExp(`${literal(home)}(?![\\w.-])`, 'g'), '~');
  }
  clean = clean.replaceAll(/((?:\/home\/|\/Users\/|\\Users\\))[^/\\\s"'`:]+/g, '$1[user]');
  for (const name of names) {
    clean = clean.replaceAll(new RegExp(`(?<![\\w-])${literal(name)}(?![\\w-])`, 'g'), '[user]');
  }
  for (const [pattern, replacement] of SECRET_VALUES) clean = clean.replaceAll(pattern, replacement);
  return clean;
}

function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

function accountName(): string | undefined {
  try {
    return userInfo().username;
  } catch (error) {
    // A container can run under a number without a name; then there is none to remove.
    if ((error as NodeJS.ErrnoException).syscall === 'uv_os_get_passwd') return undefined;
    throw error;
  }
}
