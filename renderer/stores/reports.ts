import { defineStore } from 'pinia';
import { ref } from 'vue';
import { ask } from '../bridge/bridge';

/** Reports of results folders: opened in the system's own programs, printed as PDF. */
export const useReports = defineStore('reports', () => {
  const printing = ref(false);

  async function show(folder: string): Promise<void> {
    await ask('desktop/show', { path: `${folder}/report.html` });
  }

  /** Prints report.pdf beside the report and opens it. */
  async function print(folder: string): Promise<void> {
    if (printing.value) return;
    printing.value = true;
    try {
      const { path } = await ask('desktop/printReport', { folder });
      await ask('desktop/show', { path });
    } finally {
      printing.value = false;
    }
  }

  return { printing, show, print };
});
