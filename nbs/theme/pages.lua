-- What Quarto does not do: links below the title of a notebook with code, to run it and to download
-- it; equations and outputs that can be scrolled with the keyboard; and long names that break where a
-- reader would break them. What it does to tables is in tidy.lua, because some of their attributes do
-- not survive its own filters.
local repository = 'dlcolorize/dlcolorize'

function Math(math)
  if quarto.doc.is_format('html') and math.mathtype == 'DisplayMath' then
    return pandoc.Span({ math }, pandoc.Attr('', { 'equation' }, { tabindex = '0' }))
  end
end

function Header(header)
  if not quarto.doc.is_format('html') or header.level < 3 then
    return nil
  end
  return header:walk({
    Str = function(str)
      local before, after = str.text:match('^(%w+)%.([%w_]+)$')
      if before then
        return { pandoc.Str(before .. '.'), pandoc.RawInline('html', '<wbr>'), pandoc.Str(after) }
      end
    end,
  })
end

function CodeBlock(block)
  if #block.classes == 0 then
    block.attr.attributes.tabindex = '0'
    if not block.text:match('^[ \t]') and not block.text:match('\n[ \t]') then
      block.attr.attributes['data-lines'] = 'flat'
    end
  end
  return block
end

function Pandoc(doc)
  local page = quarto.doc.input_file
  -- A file of the repository that is included begins with the title of the page.
  local first = doc.blocks[1]
  if first and first.t == 'Header' and first.level == 1 and doc.meta.title
      and pandoc.utils.stringify(first) == pandoc.utils.stringify(doc.meta.title) then
    doc.blocks:remove(1)
  end
  if not quarto.doc.is_format('html') or not page:match('%.ipynb$') or page:match('index%.ipynb$') then
    return doc
  end
  local path = 'nbs/' .. pandoc.path.make_relative(page, quarto.project.directory)
  local links = pandoc.Plain({
    pandoc.Link('Run in Colab', 'https://colab.research.google.com/github/' .. repository .. '/blob/main/' .. path),
    pandoc.Str(' · '),
    pandoc.Link('Download the notebook', 'https://github.com/' .. repository .. '/raw/main/' .. path),
  })
  table.insert(doc.blocks, 1, pandoc.Div({ links }, pandoc.Attr('', { 'notebook-links' })))
  return doc
end
