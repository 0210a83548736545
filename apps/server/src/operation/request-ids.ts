import { randomBytes } from 'node:crypto';

/** The same that REST accepts: other characters may be made for a log. */
const ACCEPTED = /^[\w.:/+=@-]{1,128}$/;

/** Makes ids for requests that bring none that can be kept. */
export function createRequestIds(): (sent: string | readonly string[] | undefined) => string {
  const prefix = randomBytes(6).toString('hex');
  let count = 0;
  return (sent) => {
    if (typeof sent === 'string' && ACCEPTED.test(sent)) return sent;
    count += 1;
    return `${prefix}-${count}`;
  };
}
