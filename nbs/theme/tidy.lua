-- What is wrong in the pages that Quarto writes, put right in each of them: scripts from elsewhere
-- that no page uses, and elements that a screen reader cannot name.
local function replace(text, old, new)
  local from, to = text:find(old, 1, true)
  while from do
    text = text:sub(1, from - 1) .. new .. text:sub(to + 1)
    from, to = text:find(old, from + #new, true)
  end
  return text
end

local function tidy(text)
  -- Quarto loads them where a notebook shows a table, in case that it is a widget.
  text = text:gsub('<script src="https://cdnjs%.cloudflare%.com/[^>]*></script>\n?', '')
  text = replace(text, [[<script type="application/javascript">define('jquery', [],function() {return window.jQuery;})</script>]], '')
  text = text:gsub('<nav class="navbar ([^"]*)" data', '<nav aria-label="Main" class="navbar %1" data')
  text = replace(text, 'aria-controls="navbarCollapse" role="menu"', 'aria-controls="navbarCollapse"')
  text = text:gsub('<h5 class="([^"]*listing%-title)"', '<h5 role="heading" aria-level="2" class="%1"')
  -- Entries of a list without pictures end with a link that is empty.
  text = text:gsub('<div class="metadata">%s*<a [^>]*>%s*</a>%s*</div>', '')
  -- A folded callout opens with the keyboard, too.
  text = text:gsub('<div class="callout%-header ([^"]*)" data%-bs%-toggle="collapse"',
    '<div class="callout-header %1" role="button" tabindex="0" '
      .. 'onkeydown="if (event.key === \'Enter\' || event.key === \' \') { event.preventDefault(); this.click(); }" '
      .. 'data-bs-toggle="collapse"')
  return text
end

for path in (os.getenv('QUARTO_PROJECT_OUTPUT_FILES') or ''):gmatch('[^\n]+') do
  if path:match('%.html$') then
    local file = assert(io.open(path, 'rb'))
    local before = file:read('a')
    file:close()
    local after = tidy(before)
    if after ~= before then
      file = assert(io.open(path, 'wb'))
      file:write(after)
      file:close()
    end
  end
end
