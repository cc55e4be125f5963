/** What a field has nothing of, said once: a partial otherwise sees the page's own fields of these names. */
export const fieldBase = {
  id: undefined,
  value: undefined,
  checked: undefined,
  hint: undefined,
  error: undefined,
  required: undefined,
  options: undefined,
  attributes: undefined,
};
