/** What the writer uses of dcmjs, which ships no types: its data dictionary; and its own writer, which tests compare with. */
declare module 'dcmjs' {
  type Natural = Record<string, unknown>;
  interface Dictionary {
    write(options?: { fragmentMultiframe?: boolean }): ArrayBuffer;
    dict: unknown;
  }
  const dcmjs: {
    readonly data: {
      readonly DicomDict: new (meta: unknown) => Dictionary;
      readonly DicomMetaDictionary: {
        denaturalizeDataset(natural: Natural): unknown;
        /** By keyword; a tag is `(0008,0005)`. */
        readonly nameMap: Readonly<Record<string, { readonly tag: string; readonly vr: string } | undefined>>;
      };
    };
    readonly log: { setLevel(level: string): void };
  };
  export { dcmjs as default };
}
