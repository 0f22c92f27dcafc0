-- What Quarto does not do: links below the title of a notebook with code, to run it and to download
-- it; and tables and outputs that can be scrolled with the keyboard.
local repository = 'dlcolorize/dlcolorize'

function Table(table)
  table.attr.attributes.tabindex = '0'
  return table
end

function CodeBlock(block)
  if #block.classes == 0 then
    block.attr.attributes.tabindex = '0'
  end
  return block
end

function Pandoc(doc)
  local page = quarto.doc.input_file
  if not quarto.doc.is_format('html') or not page:match('%.ipynb$') or page:match('index%.ipynb$') then
    return nil
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
