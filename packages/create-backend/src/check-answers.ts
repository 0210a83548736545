import { builtinModules } from 'node:module';
import {
  DEVICE_KINDS,
  PACKAGE_MANAGERS,
  type PackageManager,
  type ProjectAnswers,
  type ProjectDeviceKind,
} from './project-answers.ts';

const ID = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
/** Words that stand where an id may stand and mean something else. */
const RESERVED: readonly string[] = ['auto', 'none', 'all'];
/** Ids and aliases of the backends that come with Switchyard; the programs refuse a second one. */
const FIRST_PARTY: readonly string[] = [
  'cpu',
  'cuda',
  'coreml',
  'mps',
  'mps-coreml',
  'openvino',
  'wasm',
  'webgpu',
];
const PACKAGE_NAME = /^(?:@[a-z0-9][a-z0-9._~-]*\/)?[a-z0-9][a-z0-9._~-]*$/;
const TITLE = /^[\p{L}\p{N}][\p{L}\p{N} ().,+/-]*$/u;

/** What is wrong with an id, or `null`. */
export function idProblem(id: string): string | null {
  if (id.trim() === '') return 'The backend needs an id, as in `my-npu`.';
  if (!ID.test(id)) {
    return `The id \`${id}\` is not made of lower-case words joined by hyphens, as in \`my-npu\`.`;
  }
  if (RESERVED.includes(id))
    return `The id \`${id}\` is a word that means something else where an id may stand.`;
  if (FIRST_PARTY.includes(id)) {
    return `The id \`${id}\` belongs to a backend that comes with Switchyard; two of one name are refused.`;
  }
  return null;
}

/** What is wrong with the name of a package, or `null`. */
export function packageNameProblem(name: string): string | null {
  if (name.trim() === '') return 'The package needs a name, as in `switchyard-backend-my-npu`.';
  if (name.length > 214) return `The package name has ${name.length} characters; npm allows 214.`;
  if (!PACKAGE_NAME.test(name)) {
    return `npm does not take \`${name}\` as the name of a package: lower-case letters, digits, hyphens, dots and underscores, with \`@scope/\` in front if you have one.`;
  }
  if (name.startsWith('@switchyard/'))
    return `\`${name}\` is in the scope of Switchyard itself; take a scope of yours.`;
  if (builtinModules.includes(name) || ['node_modules', 'favicon.ico'].includes(name)) {
    return `npm does not take \`${name}\` as the name of a package, because it means something else.`;
  }
  return null;
}

/** What is wrong with a title, or `null`. */
export function titleProblem(title: string): string | null {
  if (TITLE.test(title)) return null;
  return `The title ${JSON.stringify(title)} may have letters, digits, spaces and ( ) . , + / - in it, and begins with a letter or digit.`;
}

/** Whether a word is a kind of device. */
export function isDeviceKind(word: string): word is ProjectDeviceKind {
  return (DEVICE_KINDS as readonly string[]).includes(word);
}

/** Whether a word is a package manager that is known here. */
export function isPackageManager(word: string): word is PackageManager {
  return (PACKAGE_MANAGERS as readonly string[]).includes(word);
}

/** Everything that is wrong with the answers. */
export function answerProblems(answers: ProjectAnswers): readonly string[] {
  const problems = [
    idProblem(answers.id),
    packageNameProblem(answers.packageName),
    titleProblem(answers.title),
  ];
  return problems.filter((problem) => problem !== null);
}
