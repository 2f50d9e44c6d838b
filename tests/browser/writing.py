"""What whoever tests the writing page does on it."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def type_at_end(page: Page, text: str) -> None:
    page.locator(".tx-content > p").last.click()
    page.keyboard.press("End")
    page.keyboard.type(text)


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_contain_text("已保存")
