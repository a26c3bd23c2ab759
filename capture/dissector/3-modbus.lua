-- Frames of the telemetry plane (USER1): unit, function, data, checksum, whatever line they came by.

local function modbus_crc(raw)
  local crc = 0xffff
  for at = 1, #raw do
    crc = bit.bxor(crc, raw:byte(at))
    for _ = 1, 8 do
      local odd = crc % 2 == 1
      crc = math.floor(crc / 2)
      if odd then crc = bit.bxor(crc, 0xa001) end
    end
  end
  return crc
end

-- What a reply means hangs on the request before it, of the same unit; remembered by packet.
local last_request, request_of = {}, {}

local function input_registers(data, start, tree)
  local count = math.floor(data:len() / 2)
  for _, register in ipairs(REGISTERS) do
    local at = register.address - start
    if at >= 0 and at + register.words <= count then
      local range = data:range(2 * at, 2 * register.words)
      local raw = range:uint()
      if register.t == "f32" then
        local exponent = math.floor(raw / 2 ^ 23) % 256
        if exponent ~= 255 then tree:add(register.f, range, range:float() / register.steps) end
      elseif raw ~= register.absent then
        if register.t == "i16" then raw = range:int() end
        tree:add(register.f, range, raw / register.steps)
      end
    end
  end
end

local function set_bits(data, start, count)
  local set = {}
  for index = 0, count - 1 do
    local byte = math.floor(index / 8)
    if byte < data:len() and math.floor(data:range(byte, 1):uint() / 2 ^ (index % 8)) % 2 == 1 then
      set[#set + 1] = { address = start + index, range = data:range(byte, 1) }
    end
  end
  return set
end

local function alarm_bits(data, start, count, tree)
  for _, one in ipairs(set_bits(data, start, count)) do
    local absolute = one.address >= ALARM_BITS
    local code = absolute and one.address - ALARM_BITS or one.address
    local name = ALARMS[code] or ("alarm " .. code)
    if code < ALARM_BITS then tree:add(absolute and F.mb_absolute or F.mb_operating, one.range, name) end
  end
end

local function identification(pdu, tree)
  if pdu:len() < 7 then return end
  local at = 7
  for _ = 1, pdu:range(6, 1):uint() do
    if at + 2 > pdu:len() then return end
    local id, length = pdu:range(at, 1):uint(), pdu:range(at + 1, 1):uint()
    if at + 2 + length > pdu:len() then return end
    local field = OBJECTS[id] or F.mb_object
    if length > 0 then tree:add_packet_field(field, pdu:range(at + 2, length), ENC_UTF_8)
    else tree:add(field, pdu:range(at + 2, 0), "") end
    at = at + 2 + length
  end
end

local function place_and_count(pdu, tree)
  if pdu:len() < 5 then return end
  local code = pdu:range(0, 1):uint()
  tree:add(F.mb_address, pdu:range(1, 2))
  tree:add((code == 5 or code == 6) and F.mb_value or F.mb_count, pdu:range(3, 2))
end

local function reply(pdu, tree, request)
  local code = pdu:range(0, 1):uint()
  if code >= 0x80 then
    if pdu:len() > 1 then tree:add(F.mb_exception, pdu:range(1, 1)) end
  elseif code == 43 then identification(pdu, tree)
  elseif code > 4 then place_and_count(pdu, tree)
  elseif pdu:len() >= 2 then
    local length = math.min(pdu:range(1, 1):uint(), pdu:len() - 2)
    tree:add(F.mb_bytes, pdu:range(1, 1), length)
    if request == nil or request.code ~= code or length == 0 then return end
    local data = pdu:range(2, length)
    if code == 4 then input_registers(data, request.address, tree)
    elseif code == 3 then
      for index = 0, math.floor(length / 2) - 1 do
        local range = data:range(2 * index, 2)
        tree:add(HOLDING[request.address + index] or F.mb_word, range)
      end
    elseif code == 2 then alarm_bits(data, request.address, request.count, tree)
    else
      for _, one in ipairs(set_bits(data, request.address, request.count)) do
        if COILS[one.address] ~= nil then tree:add(F.mb_coil, one.range, COILS[one.address]) end
      end
    end
  end
end

recorded_modbus.dissector = recorded("Modbus", function(tvb, pinfo, tree, facts)
  local length = tvb:len()
  local top = tree:add(modbus, tvb:range(0), "Modbus telemetry")
  local crc = length >= 4 and modbus_crc(tvb:raw(0, length - 2)) or -1
  if length < 4 or crc ~= tvb:range(length - 2, 2):le_uint() then
    top:add_proto_expert_info(experts.bad_crc)
    return
  end
  local asks = facts.direction == 0
  local code = tvb:range(1, 1):uint()
  local name = FUNCTIONS[code % 0x80] or ("function " .. code % 0x80)
  local kind = asks and "request" or code >= 0x80 and "error" or "reply"
  top:add(F.mb_unit, tvb:range(0, 1))
  top:add(F.mb_function, tvb:range(1, 1))
  top:add(F.kind, tvb:range(1, 1), kind)
  top:add(F.message, tvb:range(1, 1), name)
  pinfo.cols.info = "modbus " .. kind .. " " .. name
  local pdu = tvb:range(1, length - 3)
  if asks then
    if code == 43 then
      if pdu:len() >= 4 then
        top:add(F.mb_mei, pdu:range(1, 1))
        top:add(F.mb_read_code, pdu:range(2, 1))
        top:add(F.mb_first_object, pdu:range(3, 1))
      end
    else place_and_count(pdu, top) end
    if not pinfo.visited and pdu:len() >= 5 then
      last_request[facts.unit] = { code = code, address = pdu:range(1, 2):uint(), count = pdu:range(3, 2):uint() }
    end
    return
  end
  if not pinfo.visited then request_of[pinfo.number] = last_request[facts.unit] end
  reply(pdu, top, request_of[pinfo.number])
end)
