/// <reference types="vite/client" />

declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent<object, object, unknown>
  // eslint-disable-next-line no-restricted-syntax -- a component file has a default export by its nature
  export default component
}
