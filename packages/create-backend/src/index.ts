export type { FillIn } from './fill-ins.ts';
export type { PackageManager, ProjectAnswers, ProjectDeviceKind } from './project-answers.ts';
export { UsageError } from './usage-error.ts';
export { VERSION } from './version.ts';
export { writeProject, type WrittenProject } from './write-project.ts';
