import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Preferences } from '../../shared/contract/desktop';
import { ask } from '../bridge/bridge';
import { setLanguage } from '../locales/i18n';

/** What the user set for good; the main process keeps it. */
export const usePreferences = defineStore('preferences', () => {
  const preferences = ref<Preferences>({
    language: 'en',
    scale: 1,
    hidePatientData: false,
    tourSeen: false,
    resultsFolder: null,
  });

  function apply(): void {
    setLanguage(preferences.value.language);
    const root = document.documentElement;
    root.style.setProperty('--scale', String(preferences.value.scale));
    root.toggleAttribute('data-large', preferences.value.scale > 1.2);
  }

  /** Takes over what the main process kept. */
  function load(kept: Preferences): void {
    preferences.value = kept;
    apply();
  }

  /** Changes some of them, shows it at once and has it kept. */
  async function change(some: Partial<Preferences>): Promise<void> {
    preferences.value = { ...preferences.value, ...some };
    apply();
    await ask('desktop/preferences', { preferences: { ...preferences.value } });
  }

  /** Lets the user name the folder that results go to, and keeps it. Null: the user named none. */
  async function chooseResultsFolder(title: string): Promise<string | null> {
    const { path } = await ask('desktop/choose', { what: 'resultsFolder', title });
    if (path !== null) await change({ resultsFolder: path });
    return path;
  }

  return { preferences, load, change, chooseResultsFolder };
});
