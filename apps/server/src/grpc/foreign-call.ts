import { OpenCall } from './open-call.ts';

/** A call that another implementation answers, reflection: only its memory and its end are looked after. */
export class ForeignCall extends OpenCall {
  override onReceiveMessage(): void {}

  override onReceiveHalfClose(): void {}
}
