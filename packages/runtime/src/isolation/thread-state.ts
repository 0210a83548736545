/** Position of the flag that is 1 while a thread may be in native code. */
export const BUSY = 0;
/** Position of the flag that forbids a thread to begin anything. */
export const STOP = 1;
