/** What the network's last layer reads of some inputs, averaged over space: one row an input. */
export interface FeatureRows {
  readonly node: string;
  readonly intact: readonly (readonly number[])[];
  readonly hidden: readonly { readonly fill: string; readonly rows: readonly (readonly number[])[] }[];
}
