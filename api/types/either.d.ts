/** A failure with its reason. */
export interface Left<E> {
  readonly _tag: 'Left';
  readonly left: E;
}

/** A success with its value. */
export interface Right<A> {
  readonly _tag: 'Right';
  readonly right: A;
}

/** One or the other, by `_tag`: the type of fp-ts, so its functions take these values. */
export type Either<E, A> = Left<E> | Right<A>;
