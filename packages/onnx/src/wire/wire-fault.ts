/** The bytes are no protobuf message of the expected shape. Internal: callers turn it into their own error. */
export class WireFault extends Error {
  override readonly name: string = 'WireFault';
  /** `truncated`: the file ends too early. `malformed`: the bytes that are there cannot be right. */
  readonly kind: 'truncated' | 'malformed';

  constructor(kind: 'truncated' | 'malformed', detail: string) {
    super(detail);
    this.kind = kind;
  }
}
