import { bulkUploads } from "./bulk/upload-kind.ts";
import type { UploadKind } from "./uploads/kinds.ts";
import { materialKinds } from "./uploads/material-kinds.ts";

/** What resumable uploads can be sent for: one line a feature. */
export const uploadKinds: readonly UploadKind[] = [...materialKinds, bulkUploads];
