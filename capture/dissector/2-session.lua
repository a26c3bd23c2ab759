-- Checksums, frames of the session plane, and where they come from: recordings (USER0) and TCP.

local CRC16, CRC32 = {}, {}
for byte = 0, 255 do
  local short, long = byte * 256, byte
  for _ = 1, 8 do
    short = short >= 0x8000 and bit.band(bit.bxor(short * 2, 0x1021), 0xffff) or short * 2
    long = long % 2 == 1 and bit.bxor(bit.rshift(long, 1), 0xedb88320) or bit.rshift(long, 1)
  end
  CRC16[byte], CRC32[byte] = short, long
end

local function crc16(raw)
  local crc = 0xffff
  for at = 1, #raw do
    local index = bit.bxor(math.floor(crc / 256), raw:byte(at))
    crc = bit.bxor((crc % 256) * 256, CRC16[index])
  end
  return crc
end

local function crc32(raw)
  local crc, bxor, band, rshift, length = -1, bit.bxor, bit.band, bit.rshift, #raw
  for from = 1, length, 4096 do
    local bytes = { raw:byte(from, math.min(from + 4095, length)) }
    for at = 1, #bytes do crc = bxor(rshift(crc, 8), CRC32[band(bxor(crc, bytes[at]), 0xff)]) end
  end
  return bit.bnot(crc) % 2 ^ 32
end

local SYNC = "QKDL"
local HEADER, TRAILER, MOST_PAYLOAD = 16, 4, 1048576
local KINDS = { [0] = "request", [4] = "request", [1] = "reply", [9] = "error", [2] = "event" }

-- What stands at a place: "frame" and its length, "more" while it cannot be told, or "garbage" and how many bytes.
local function frame_at(tvb, at)
  local left = tvb:len() - at
  local raw = tvb:raw(at, math.min(left, 4096))
  local start = raw:find(SYNC, 1, true)
  if start == nil then
    for keep = math.min(3, #raw), 1, -1 do
      if raw:sub(-keep) == SYNC:sub(1, keep) then
        if left > keep then return "garbage", #raw - keep end
        return "more"
      end
    end
    return "garbage", #raw
  end
  if start > 1 then return "garbage", start - 1 end
  if left < HEADER then return "more" end
  local header = tvb:range(at, HEADER)
  if crc16(raw:sub(1, 14)) ~= header:range(14, 2):uint() then return "garbage", 1 end
  local length = header:range(10, 4):uint()
  if header:range(4, 1):uint() ~= 1 or KINDS[header:range(5, 1):uint()] == nil or length > MOST_PAYLOAD then
    return "garbage", 1
  end
  local whole = HEADER + length + TRAILER
  if left < whole then return "more", whole end
  return "frame", whole
end

-- Event counters by who sends them; what was found missing is remembered by packet, since packets are looked at again.
local next_event, gaps = {}, {}

local function event_gap(pinfo, key, at, kind, opcode, sequence)
  if kind == "request" and opcode == 2 then next_event[key] = nil end
  if kind ~= "event" then return nil end
  local place = pinfo.number .. ":" .. at
  if not pinfo.visited then
    local expected = next_event[key]
    next_event[key] = (sequence + 1) % 65536
    if expected ~= nil and sequence ~= 0 and sequence ~= expected then gaps[place] = (sequence - expected) % 65536 end
  end
  return gaps[place]
end

local checksum_right = {}

local function payload_right(pinfo, tvb, at, length)
  local place = pinfo.number .. ":" .. at
  if checksum_right[place] == nil then
    local raw = length == 0 and "" or tvb:raw(at + HEADER, length)
    checksum_right[place] = crc32(raw) == tvb:range(at + HEADER + length, TRAILER):uint()
  end
  return checksum_right[place]
end

local function rows_of(kind, opcode)
  if kind == "error" then return ERROR_ROWS end
  local message = (kind == "event" and EVENTS or COMMANDS)[opcode]
  return message ~= nil and message[kind] or nil
end

local function dissect_frame(tvb, at, whole, pinfo, tree, key)
  local length = whole - HEADER - TRAILER
  local header = tvb:range(at, HEADER)
  local flags, sequence, opcode = header:range(5, 1):uint(), header:range(6, 2):uint(), header:range(8, 2):uint()
  local kind = KINDS[flags]
  local message = (kind == "event" and EVENTS or COMMANDS)[opcode]
  local name = message ~= nil and message.name or "unknown"
  local title = (flags == 4 and "repeated " or "") .. kind .. " " .. name
  local top = tree:add(session, tvb:range(at, whole), "QKD transceiver, " .. title)
  top:add(F.version, header:range(4, 1))
  top:add(F.flags, header:range(5, 1)):append_text(" (" .. kind .. (flags == 4 and ", repeat" or "") .. ")")
  top:add(F.kind, header:range(5, 1), kind)
  top:add(F.sequence, header:range(6, 2))
  top:add(F.opcode, header:range(8, 2)):append_text(" (" .. name .. ")")
  top:add(F.message, header:range(8, 2), name)
  top:add(F.length, header:range(10, 4))
  top:add(F.header_crc, header:range(14, 2))
  local missing = event_gap(pinfo, key, at, kind, opcode, sequence)
  if missing ~= nil then
    top:add(F.event_gap, header:range(6, 2), missing):set_generated()
    top:add_proto_expert_info(experts.event_gap, missing .. " events are missing before this one")
  end
  local trailer = tvb:range(at + HEADER + length, TRAILER)
  top:add(F.payload_crc, trailer)
  pinfo.cols.protocol = "QKDLINK"
  pinfo.cols.info:append((tostring(pinfo.cols.info) == "" and "" or "; ") .. title .. ", sequence " .. sequence)
  if not payload_right(pinfo, tvb, at, length) then
    top:add_proto_expert_info(experts.bad_crc)
    return false
  end
  local rows = rows_of(kind, opcode)
  if rows ~= nil then dissect_fields(tvb, at + HEADER, length, top, rows) end
  return true
end

local function add_garbage(tvb, at, length, pinfo, tree)
  local item = tree:add(session, tvb:range(at, length), "QKD transceiver, " .. length .. " bytes that are no frame")
  item:add(F.garbage, tvb:range(at, length), length)
  item:add_proto_expert_info(experts.damaged, length .. " bytes are no frame")
  pinfo.cols.protocol = "QKDLINK"
end

-- Every frame of a buffer that is complete; bytes that are none between them. Returns where an incomplete one begins.
local function dissect_frames(tvb, from, pinfo, tree, key)
  local at, garbage = from, 0
  local function flush()
    if garbage > 0 then add_garbage(tvb, at - garbage, garbage, pinfo, tree) end
    garbage = 0
  end
  while at < tvb:len() do
    local what, length = frame_at(tvb, at)
    if what == "more" then
      flush()
      return at, length
    elseif what == "garbage" then
      at, garbage = at + length, garbage + length
    else
      flush()
      -- Inside a frame whose payload is damaged another one may begin: the search goes on at its second byte.
      if dissect_frame(tvb, at, length, pinfo, tree, key) then at = at + length
      else at, garbage = at + 1, 0 end
    end
  end
  flush()
  return at
end

local function reassembled(tvb, pinfo, tree)
  local key = tostring(pinfo.src) .. ":" .. pinfo.src_port
  if pinfo.dst_port < pinfo.src_port then key = tostring(pinfo.dst) .. ":" .. pinfo.dst_port .. ":" .. pinfo.src_port
  else key = key .. ":" .. pinfo.dst_port end
  pinfo.cols.info = ""
  local at, whole = dissect_frames(tvb, 0, pinfo, tree, key)
  if at < tvb:len() then
    pinfo.desegment_offset = at
    pinfo.desegment_len = whole == nil and DESEGMENT_ONE_MORE_SEGMENT or whole - (tvb:len() - at)
  end
  return tvb:len()
end

function session.dissector(tvb, pinfo, tree)
  return reassembled(tvb, pinfo, tree)
end

-- The eight bytes in front of a recorded packet, and what they say of it.
local function dissect_pseudo(tvb, pinfo, tree, plane)
  local head = tvb:range(0, 8)
  local top = tree:add(recording, head, "qkdlink recording, " .. plane)
  top:add(F.rec_version, head:range(0, 1))
  top:add(F.rec_direction, head:range(1, 1))
  top:add(F.rec_unit, head:range(2, 1), head:range(2, 1):uint() + 1)
  local flags = head:range(3, 1):uint()
  top:add(F.rec_damaged, head:range(3, 1), flags % 2)
  top:add(F.rec_redacted, head:range(3, 1), math.floor(flags / 2) % 2)
  top:add(F.rec_repeat, head:range(3, 1), math.floor(flags / 4) % 2)
  top:add(F.rec_reason, head:range(4, 1))
  pinfo.cols.protocol = "QKDLINK"
  pinfo.cols.src = DIRECTIONS[head:range(1, 1):uint()] == "fromDevice" and "unit " .. head:range(2, 1):uint() + 1 or "driver"
  pinfo.cols.info = ""
  local facts = { unit = head:range(2, 1):uint(), direction = head:range(1, 1):uint(), damaged = flags % 2 == 1 }
  if facts.damaged then
    local length = tvb:len() - 8
    local why = REASONS[head:range(4, 1):uint()] or "unknown"
    top:add(F.garbage, tvb:range(8), length)
    top:add_proto_expert_info(experts.damaged, length .. " bytes were no frame: " .. why)
    pinfo.cols.info = length .. " bytes passed over: " .. why
  end
  return facts
end

local function recorded(plane, dissect)
  return function(tvb, pinfo, tree)
    if tvb:len() < 8 or tvb:range(0, 1):uint() ~= 1 then return 0 end
    local facts = dissect_pseudo(tvb, pinfo, tree, plane)
    if not facts.damaged and tvb:len() > 8 then dissect(tvb:range(8):tvb(), pinfo, tree, facts) end
    return tvb:len()
  end
end

recorded_session.dissector = recorded("session", function(tvb, pinfo, tree, facts)
  local at = dissect_frames(tvb, 0, pinfo, tree, "unit " .. facts.unit)
  if at < tvb:len() then add_garbage(tvb, at, tvb:len() - at, pinfo, tree) end
end)
