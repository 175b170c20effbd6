/** For tools that read one file at a time; the checker of Vue's own types sees each component as it is. */
declare module '*.vue' {
  import type { DefineComponent } from 'vue';
  const component: DefineComponent;
  export default component;
}
