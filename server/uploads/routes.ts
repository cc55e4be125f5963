import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import type { UploadKind } from "./kinds.ts";
import { addPlaces } from "./routes/places.ts";
import { addStorage } from "./routes/storage.ts";
import { addUploads } from "./routes/uploads.ts";

/** Resumable uploads for every kind of place, the unfinished ones of a person, and what a school stores. */
export function uploadRoutes(kinds: readonly UploadKind[]): FeatureRoutes {
  const routes = featureRoutes();
  addPlaces(routes, kinds);
  addUploads(routes, kinds);
  addStorage(routes);
  return routes;
}
