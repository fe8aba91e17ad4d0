/** The part of io-ts that the declarations name. Codecs are not exported; types are derived from them. */
export interface Type<A> {
  readonly _A: A;
}
export interface Decoder<I, A> {
  readonly _I: I;
  readonly _A: A;
}
interface Any extends Type<unknown> {}
interface Props {
  readonly [key: string]: Any;
}
export type TypeOf<C extends Any> = C['_A'];
export interface NumberC extends Type<number> {}
export interface StringC extends Type<string> {}
export interface RefinementC<C extends Any, A = TypeOf<C>> extends Type<A> {
  readonly type: C;
}
export interface ArrayC<C extends Any> extends Type<TypeOf<C>[]> {}
export interface KeyofC<D extends Record<string, unknown>> extends Type<keyof D> {}
export interface TypeC<P extends Props> extends Type<{ [K in keyof P]: TypeOf<P[K]> }> {}
export interface PartialC<P extends Props> extends Type<{ [K in keyof P]?: TypeOf<P[K]> }> {}
export interface LiteralC<V> extends Type<V> {}
export interface BooleanC extends Type<boolean> {}
export interface NullC extends Type<null> {}
export interface ReadonlyArrayC<C extends Any> extends Type<readonly TypeOf<C>[]> {}
export interface UnionC<CS extends readonly Any[]> extends Type<TypeOf<CS[number]>> {}
export interface IntersectionC<CS extends readonly Any[]> extends Type<All<CS>> {}
type All<CS> = CS extends readonly [infer C extends Any, ...infer Rest] ? TypeOf<C> & All<Rest> : unknown;
export type Branded<A, B> = A & { readonly _brand: B };
export interface IntBrand {
  readonly Int: unique symbol;
}
export interface BrandC<C extends Any, B> extends Type<Branded<TypeOf<C>, B>> {
  readonly type: C;
}
