-- How fields are read: by rows, one after the other, each with its type. Generated rows stand in front of this part.

local MALFORMED = {}

local function malformed(why)
  error(setmetatable({ why = why }, MALFORMED), 0)
end

local FIXED = {
  u8 = 1, bool = 1, u16 = 2, u32 = 4, i32 = 4, f32 = 4, set32 = 4, u64 = 8, count64 = 8, f64 = 8,
}
local PREFIXED = { text8 = 1, text16 = 2, bytes16 = 2, bytes32 = 4 }

-- A place in a message: tvb, next byte, end, and the numbers read so far by their last name.
local function cursor(tvb, at, stop)
  return { tvb = tvb, at = at, stop = stop, numbers = {} }
end

local function take(c, count, name)
  if c.at + count > c.stop then malformed("it ends inside " .. name) end
  local range = c.tvb:range(c.at, count)
  c.at = c.at + count
  return range
end

local function number(c, count, name)
  return take(c, count, name):uint()
end

local function mark(c, name)
  local value = number(c, 1, name)
  if value > 1 then malformed(name .. " must start with 0 or 1") end
  return value
end

-- Whether a text is valid UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
local function is_utf8(text)
  local at, length = 1, #text
  while at <= length do
    local byte = text:byte(at)
    local more, low, high = 0, 0x80, 0xbf
    if byte < 0x80 then more = 0
    elseif byte >= 0xc2 and byte <= 0xdf then more = 1
    elseif byte >= 0xe0 and byte <= 0xef then
      more = 2
      if byte == 0xe0 then low = 0xa0 elseif byte == 0xed then high = 0x9f end
    elseif byte >= 0xf0 and byte <= 0xf4 then
      more = 3
      if byte == 0xf0 then low = 0x90 elseif byte == 0xf4 then high = 0x8f end
    else return false end
    for offset = 1, more do
      local next_byte = text:byte(at + offset)
      if next_byte == nil or next_byte < low or next_byte > high then return false end
      low, high = 0x80, 0xbf
    end
    at = at + more + 1
  end
  return true
end

local function check_plane(raw, bits, name)
  local rest = bits % 8
  if rest ~= 0 and math.floor(raw:byte(#raw) / 2 ^ rest) ~= 0 then
    malformed(name .. " must have zeros after its last bit")
  end
end

local CHECKS = {
  bool = function(range, row)
    if range:uint() > 1 then malformed(row.n .. " must be 0 or 1") end
  end,
  count64 = function(range, row)
    if range:range(0, 4):uint() >= 0x200000 then malformed(row.n .. " must be below 2^53") end
  end,
  f64 = function(range, row)
    if range:range(0, 1):uint() % 0x80 == 0x7f and range:range(1, 1):uint() >= 0xf0 then
      malformed(row.n .. " must be a finite number")
    end
  end,
  f32 = function(range, row)
    if range:range(0, 1):uint() % 0x80 == 0x7f and range:range(1, 1):uint() >= 0x80 then
      malformed(row.n .. " must be a finite number")
    end
  end,
  set32 = function(range, row)
    if range:uint() > row.known then malformed(row.n .. " has an unknown bit") end
  end,
}

local function text_of(range)
  return range:len() == 0 and "" or range:raw()
end

local function set_names(row, word)
  local names = {}
  for bit_number, name in ipairs(row.bits) do
    if math.floor(word / 2 ^ (bit_number - 1)) % 2 == 1 then names[#names + 1] = name end
  end
  return #names == 0 and "none" or table.concat(names, ", ")
end

local walk

local function value(c, tree, row)
  local kind = row.t
  if kind == "f64 or text16" then
    local inner = mark(c, row.n) == 0 and row.number or row.text
    value(c, tree, inner)
    return
  end
  local size = FIXED[kind] or row.size
  if PREFIXED[kind] ~= nil then
    size = number(c, PREFIXED[kind], row.n)
    if row.most ~= nil and size > row.most then malformed(row.n .. " is too long") end
  elseif kind == "plane" then
    size = math.ceil(c.numbers[row.count] / 8)
  end
  local range = take(c, size, row.n)
  if CHECKS[kind] ~= nil then CHECKS[kind](range, row) end
  if kind == "plane" then
    if size > 0 then check_plane(range:raw(), c.numbers[row.count], row.n) end
    tree:add(row.f, range, size)
    return
  end
  if row.hidden then
    tree:add(row.f, range, size)
    return
  end
  if kind == "u32" then
    c.numbers[row.last] = range:uint()
    if row.min ~= nil and (range:uint() < row.min or range:uint() > row.max) then
      malformed(row.n .. " is out of range")
    end
  end
  if row.names ~= nil and row.names[range:uint()] == nil then malformed(row.n .. " has an unknown value") end
  if row.only ~= nil and text_of(range) ~= row.only then malformed(row.n .. " must be " .. row.only) end
  if kind == "text8" or kind == "text16" then
    if not is_utf8(text_of(range)) then malformed(row.n .. " is not valid UTF-8") end
    if size > 0 then tree:add_packet_field(row.f, range, ENC_UTF_8) else tree:add(row.f, range, "") end
    return
  end
  local item = size > 0 and tree:add(row.f, range) or tree:add(row.f, range, "")
  if kind == "set32" then item:append_text(" (" .. set_names(row, range:uint()) .. ")") end
end

local function list(c, tree, row)
  if row.t == "records" then
    local index = 0
    while c.at < c.stop do
      if index >= row.most then malformed(row.n .. " has too many records") end
      walk(c, tree:add(row.f, c.tvb:range(c.at, 0)):set_text(row.n .. "[" .. index .. "]"), row.items)
      index = index + 1
    end
    return
  end
  local count = row.count
  if row.t == "optional" then count = mark(c, row.n) elseif row.t == "list16" then count = number(c, 2, row.n) end
  for index = 0, count - 1 do
    if row.f == nil then walk(c, tree, row.items)
    else walk(c, tree:add(row.f, c.tvb:range(c.at, 0)):set_text(row.n .. "[" .. index .. "]"), row.items) end
  end
end

walk = function(c, tree, rows)
  for _, row in ipairs(rows) do
    if row.items ~= nil then list(c, tree, row) else value(c, tree, row) end
  end
end

-- Reads the fields of one message; says why where they contradict its declaration.
local function dissect_fields(tvb, at, length, tree, rows)
  local c = cursor(tvb, at, at + length)
  local ok, problem = pcall(walk, c, tree, rows)
  if ok and c.at ~= c.stop then ok, problem = false, { why = "it has bytes after its last field" } end
  if ok then return true end
  local why = type(problem) == "table" and problem.why or tostring(problem)
  tree:add_proto_expert_info(experts.malformed, "malformed: " .. why)
  return false
end
