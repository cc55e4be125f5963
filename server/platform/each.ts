/** Does it for each, one after the other; one that fails holds up no other. @throws the first failure, once all had their turn */
export async function eachAlone<T>(all: Iterable<T> | AsyncIterable<T>, act: (one: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for await (const one of all) await act(one).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
