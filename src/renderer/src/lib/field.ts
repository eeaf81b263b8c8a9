import type { ComputedRef, InjectionKey } from 'vue'

/** What a field tells the control inside it. */
export interface FieldContext {
  readonly id: string
  readonly describedBy: ComputedRef<string | undefined>
  readonly invalid: ComputedRef<boolean>
  readonly required: ComputedRef<boolean>
}

/** A control that takes the cursor on demand: what `UiInput`, `UiPassword` and `UiTextarea` expose. */
export interface Focusable {
  readonly focus: () => void
}

export const fieldKey: InjectionKey<FieldContext> = Symbol('field')
