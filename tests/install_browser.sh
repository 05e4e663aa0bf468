#!/bin/sh
# Makes a Chromium available for the page tests where that can be done without asking: as root on a Debian-like system.
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the page tests …"
  if (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core fonts-noto-cjk) >/dev/null 2>&1; then
    exit 0
  fi
fi
echo "No Chromium here and none could be installed: the page tests will be skipped and say so. Install one with: apt install chromium"
exit 0
