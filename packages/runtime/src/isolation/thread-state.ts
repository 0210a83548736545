/** Position of the flag that is 1 while a thread may be in native code. */
export const BUSY = 0;
/** Position of the flag that forbids a thread to begin anything. */
export const STOP = 1;
/** Position of the number of messages that were sent to a thread, modulo 2^32. */
export const SENT = 2;
/** Bytes of the memory that holds these. */
export const STATE_BYTES = 12;
