-- Messages between the two controllers of a link (USER2): length, kind, body.

recorded_peer.dissector = recorded("peer", function(tvb, pinfo, tree)
  local at = 0
  while at < tvb:len() do
    local left = tvb:len() - at
    local length = left >= 8 and tvb:range(at, 4):uint() or 0
    if left < 8 or 8 + length > left or tvb:range(at + 5, 3):uint() ~= 0 then
      local item = tree:add(peer, tvb:range(at), "QKD controllers, " .. left .. " bytes that are no message")
      item:add_proto_expert_info(experts.damaged, left .. " bytes are no message")
      return
    end
    local kind = tvb:range(at + 4, 1):uint()
    local message = PEER[kind]
    local name = message ~= nil and message.name or "unknown"
    local top = tree:add(peer, tvb:range(at, 8 + length), "QKD controllers, " .. name)
    top:add(F.peer_length, tvb:range(at, 4))
    top:add(F.peer_kind, tvb:range(at + 4, 1)):append_text(" (" .. name .. ")")
    top:add(F.message, tvb:range(at + 4, 1), name)
    pinfo.cols.info:append((tostring(pinfo.cols.info) == "" and "" or "; ") .. name)
    if message ~= nil then
      if length > message.limit then
        top:add_proto_expert_info(experts.malformed, "malformed: at most " .. message.limit .. " bytes are allowed")
      else dissect_fields(tvb, at + 8, length, top, message.rows) end
    end
    at = at + 8 + length
  end
end)

local encapsulations = DissectorTable.get("wtap_encap")
encapsulations:add(wtap.USER0, recorded_session)
encapsulations:add(wtap.USER1, recorded_modbus)
encapsulations:add(wtap.USER2, recorded_peer)
-- Other ports: tshark -d tcp.port==15525,qkdlink, or "Decode as" in Wireshark.
DissectorTable.get("tcp.port"):add(5525, session)
