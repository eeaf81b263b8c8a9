import type { Handlers } from '../../shared/contract'
import type { Workplace } from '../services/workplace'

export function importHandlers(desk: () => Workplace): Handlers['imports'] {
  return {
    choose: () => desk().session.withRole(['admin'], (acting) => desk().imports.choose(acting)),
    apply: ({ importId }) => desk().session.withRole(['admin'], (acting) => desk().imports.apply(acting, importId)),
    discard: ({ importId }) =>
      desk().session.withOperator((acting) => {
        desk().imports.discard(acting, importId)
        return undefined
      }),
    progress: () => desk().session.withRole(['admin'], () => Promise.resolve(desk().imports.progress())),
    saveBadRows: ({ importId, language }) =>
      desk().session.withRole(['admin'], (acting) => desk().imports.saveBadRows(acting, importId, language)),
    saveTemplate: () => desk().session.withRole(['admin'], () => desk().imports.saveTemplate()),
  }
}
