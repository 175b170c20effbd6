/** What the writer uses of dcmjs, which ships no types. */
declare module 'dcmjs' {
  type Natural = Record<string, unknown>;
  interface Dictionary {
    write(options?: { fragmentMultiframe?: boolean }): ArrayBuffer;
    dict: unknown;
  }
  const dcmjs: {
    readonly data: {
      readonly DicomDict: new (meta: unknown) => Dictionary;
      readonly DicomMetaDictionary: { denaturalizeDataset(natural: Natural): unknown };
    };
    readonly log: { setLevel(level: string): void };
  };
  export { dcmjs as default };
}
