import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromiumArgs, findChromium } from '@millrace/testkit/chromium';

const pages = path.resolve(import.meta.dirname, '../../packages/web/dist/index.html');

/** A headless browser, which keeps what its pages complained about. */
export class TestBrowser implements AsyncDisposable {
  /** Errors and warnings of consoles, exceptions, refused requests. */
  readonly complaints: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<TestBrowser> {
    if (!fs.existsSync(pages)) throw new Error('The pages are not built: npm run build');
    return new TestBrowser(
      await chromium.launch({
        executablePath: findChromium(),
        args: [...chromiumArgs],
        chromiumSandbox: false,
      }),
    );
  }

  /** A page of its own, as a new visitor has it. */
  async page(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}
