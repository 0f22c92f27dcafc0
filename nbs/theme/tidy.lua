-- What is wrong in the pages that Quarto writes, put right in each of them: scripts from elsewhere
-- that no page uses, tables that are too narrow on a phone, and elements that a screen reader cannot
-- name.
local function replace(text, old, new)
  local from, to = text:find(old, 1, true)
  while from do
    text = text:sub(1, from - 1) .. new .. text:sub(to + 1)
    from, to = text:find(old, from + #new, true)
  end
  return text
end

-- The stylesheet gives cells of these classes a width. A heading that is empty gets a name.
local function size_cell(tag, attributes, content)
  local plain = content:gsub('<[^>]*>', ''):gsub('&[%w#]+;', '.'):gsub('^%s+', ''):gsub('%s+$', '')
  local length = utf8.len(plain) or #plain
  local short, medium = 18, 40
  if tag == 'th' then
    short, medium = 10, 60
  end
  local class = length <= short and 'short' or length <= medium and 'medium' or 'long'
  if plain:find('±', 1, true) then
    class = class .. ' interval'
  end
  if attributes:find('class="', 1, true) then
    attributes = attributes:gsub('class="', 'class="' .. class .. ' ')
  else
    attributes = attributes .. ' class="' .. class .. '"'
  end
  if tag == 'th' and plain == '' then
    content = '<span class="visually-hidden">row</span>'
  end
  return '<' .. tag .. attributes .. '>' .. content .. '</' .. tag .. '>'
end

local function tidy(text)
  text = text:gsub('<(t[hd])(%f[%s>][^>]*)>(.-)</%1>', size_cell)
  text = text:gsub('<table(%f[%s>][^>]*)>', '<table%1 tabindex="0">')
  -- Quarto loads them where a notebook shows a table, in case that it is a widget.
  text = text:gsub('<script src="https://cdnjs%.cloudflare%.com/[^>]*></script>\n?', '')
  text = replace(text, [[<script type="application/javascript">define('jquery', [],function() {return window.jQuery;})</script>]], '')
  text = text:gsub('<nav class="navbar ([^"]*)" data', '<nav aria-label="Main" class="navbar %1" data')
  text = replace(text, '<nav class="quarto-secondary-nav">', '<nav aria-label="This page" class="quarto-secondary-nav">')
  text = replace(text, '<nav id="quarto-sidebar"', '<nav aria-label="All pages" id="quarto-sidebar"')
  text = replace(text, '<nav class="page-navigation">', '<nav aria-label="Neighbors" class="page-navigation">')
  text = replace(text, '<div id="quarto-margin-sidebar"',
    '<div role="complementary" aria-label="About this page" id="quarto-margin-sidebar"')
  text = text:gsub('(data%-bs%-target="#quarto%-sidebar%-section%-%d+" )role="navigation"', '%1role="button"')
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
