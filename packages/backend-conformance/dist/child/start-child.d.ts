import type { ChildAnswer, ChildRequest } from './child-protocol.ts';
/** A process of the kit that was started. */
export interface StartedChild {
    /** Writes one more line to it. */
    send(line: unknown): void;
    /** Its next answer, or `null` once it has ended or was killed. */
    next(): Promise<unknown>;
    /** Lets it end by itself and says how it did. */
    end(): Promise<ChildAnswer>;
}
/** What may differ from the environment, folder and time of this process. */
export interface StartOptions {
    readonly environment?: NodeJS.ProcessEnv;
    readonly cwd?: string;
    readonly nodeFlags?: readonly string[];
    /** Milliseconds after which it is killed. */
    readonly limitMs?: number;
}
/** Starts a process that makes the backend of `request` for itself. */
export declare function startChild(request: ChildRequest, options?: StartOptions): StartedChild;
/** How a process ended, as a clause. */
export declare function endingOf({ code, signal, timedOut, stderr }: ChildAnswer): string;
/** Path of a program of this package; the build keeps the folder. */
export declare function programOf(name: 'child-entry' | 'faults' | 'thread-entry'): string;
//# sourceMappingURL=start-child.d.ts.map