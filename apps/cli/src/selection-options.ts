import { FALLBACK_POLICIES } from '@switchyard/core';
import { Option } from 'commander';

/** Heading under which help lists them. */
const SELECTION_GROUP = 'Which backend (see docs/selection.md):';

/**
 * The selection flags as help and completion show them. They never reach commander: core takes them out
 * of the command line first, the same way in every app.
 */
export function selectionOptions(ids: readonly string[]): readonly Option[] {
  const list = ids.join(', ');
  return [
    new Option('--backend <id>', `exactly this backend, or an error: ${list}, or auto`),
    new Option('--prefer <ids>', 'the first of these that can run, and nothing else: cuda,cpu'),
    new Option('--device <id>', 'this device, as `switchyard devices` names it: cuda:1'),
    new Option('--enable <ids>', 'opt-in backends that may be chosen automatically'),
    new Option('--disable <ids>', 'backends that must not be used'),
    new Option('--fallback <policy>', 'what an automatic demotion does (default: warn)').choices([
      ...FALLBACK_POLICIES,
    ]),
    new Option('--plugin <package>', 'a third-party backend of this project that may be loaded; repeatable'),
    ...ids.map(
      (id) => new Option(`--use-${id}[=boolean]`, `the same as --backend ${id}; with =false never ${id}`),
    ),
    ...ids.map((id) => new Option(`--no-use-${id}`, `never ${id}`).hideHelp()),
  ].map((option) => option.helpGroup(SELECTION_GROUP));
}
