import type { FINDINGS as ENGLISH } from "../english/findings.ts";

/** What a step found, and what to do about it. */
export const FINDINGS: Readonly<Record<keyof typeof ENGLISH, string>> = {
  find_pairMixed:
    "アリス {aliceSerial} とボブ {bobSerial} は同じリンクの組ではありません: {aliceLink} と {bobLink}。",
  fix_pairMixed:
    "同じリンクを名乗る 2 台を接続するか、一方をこのリンク用に設定し直して、再試験してください。",
  find_clockUnequal: "装置のクロックが異なります: {alice} Hz と {bob} Hz。",
  fix_clockUnequal: "両装置を同じクロックに設定して、再試験してください。",
  find_rolesWrong: "送信器と受信器の組になっていません: {role}。",
  fix_rolesWrong: "--alice に QTX、--bob に QRX のアドレスを指定してください。",
  find_firmware: "ファームウェア {found} は運用者の一覧にありません。",
  fix_firmware: "一覧にある版に更新するか、その版を設計書の一覧に加えてください。",
  find_line:
    "{unit} との回線で欠落または破損があります: {sent} 回中 {lost} 回応答なし、破損フレーム {damaged}、最大応答時間 {slowestMs} ms。",
  fix_line:
    "{unit} のコネクタとケーブル、次にシリアル回線の速度とパリティ、さらにネットワークの負荷を確認して、再試験してください。",
  find_telemetry: "{unit} のテレメトリ回線で {reads} 回中 {failed} 回失敗しました。",
  fix_telemetry:
    "{unit} の Modbus 回線を確認してください: アドレス、ユニット番号、コネクタ、他のマスタの有無。",
  find_selfTest: "{unit} の自己診断が不合格です: {parts}。",
  fix_selfTest: "装置のログを読み(qkdlink device ADDR log)、{unit} を修理または交換してください。",
  find_alarms: "{unit} に警報があります: {alarms}。",
  fix_alarms: "{unit} の各警報の原因を除き、保持された警報をリセットして、再試験してください。",
  find_clockOffset: "{unit} の時計が {offset} ずれています。",
  fix_clockOffset: "{unit} とこの計算機で NTP を設定し、両方が追従してから再試験してください。",
  find_clockDrift: "{unit} の時計が {ppm} ppm ずれて進んでいます。",
  fix_clockDrift: "{unit} の時刻源を確認してください。NTP に従う時計は 50 ppm 以内に収まります。",
  find_range: "{unit} に動作範囲外の読みがあります: {readings}。",
  fix_range: "{unit} を動作範囲内に戻してください: 冷却、電源、取付けを確認します。",
  find_slope: "{unit} の筐体温度が毎分 {slope} K 変化しています。",
  fix_slope: "{unit} のラックの冷却を確認し、温度が落ち着いてから再試験してください。",
  find_darks:
    "レーザ停止時に検出器 {detector} が毎秒 {rate} 回計数し、その温度でのプリセットの {times} 倍です。",
  find_darksBoth:
    "レーザ停止時に両検出器の計数がプリセットを上回ります: 光が漏れ込んでいるか、古典チャネルが漏れています。",
  fix_darksBoth:
    "受信器の入力にキャップをしてください。計数が下がれば光ファイバ側の光(ダークファイバの漏れ光、古典チャネル、開いたパネル)を、下がらなければ検出器の温度を調べます。",
  fix_darksOne: "検出器 {detector} の温度とバイアスを確認し、正常なら交換してください。",
  find_digests:
    "{frames} フレーム中 {differing} のダイジェストが一致しません: 両装置が同じゲートを見ていません。",
  fix_digests:
    "粗調整の遅延校正を行ってください(qkdlink device ADDR calibrate clock)。直らなければ同期チャネルを調べます。",
  find_delayCentre: "ゲートがパルスから {centre} ps ずれています。",
  fix_delayCentre: "qkdlink device ADDR tune delay once を実行するか、遅延を校正して、再試験してください。",
  find_delaySkew: "2 つの検出器のゲートが {skew} ps 離れています。",
  fix_delaySkew:
    "検出器のゲートを校正してください(qkdlink device ADDR calibrate delay)。直らなければ受信器を点検します。ゲートの不一致は攻撃者に利用されます。",
  find_gateWidth: "パルスとゲートの重なりの幅は {width} ps で、{percent} % ずれています。",
  fix_gateWidth:
    "範囲より広い場合は分散です: 光ファイバの長さと種類、分散補償器を確認します。狭い場合はゲート発生器を確認してください。",
  find_phaseCentre: "位相が最適点から {phase} rad ずれています。",
  fix_phaseCentre: "qkdlink device ADDR tune phase once を実行して、再試験してください。",
  find_visibility: "明瞭度は {visibility} です: 光の {percent} % が誤った検出器に入ります。",
  fix_visibility:
    "両装置のコネクタを清掃し、偏波と干渉計を再調整して(qkdlink device ADDR calibrate phase)、再試験してください。",
  find_sweepSlope: "減衰器の 1 dB に対して計数が {slope} dB 変化します。",
  fix_sweepSlope: "アリスの減衰器を校正してください。目盛が実際の dB と合っていません。",
  find_sweepResidual: "計数が減衰器に追従しません: 直線から最大 {residual} dB 外れます。",
  fix_sweepResidual:
    "高計数で検出器が飽和しているか、バイアスが低下しています。ボブのバイアス電源を確認し、正常なら減衰器を校正してください。",
  find_meanPhotons: "平均光子数が設定値から {percent} % ずれています。",
  fix_meanPhotons:
    "アリスのレーザ出力と減衰器を確認してください(qkdlink device ADDR calibrate source)。劣化したレーザは交換します。",
  find_decoyRatio: "信号に対するデコイの比が {percent} % ずれています。",
  fix_decoyRatio:
    "強度変調器を校正してください(qkdlink device ADDR tune modulator once)。低いまま直らなければ、通信路が攻撃されているものとして扱います: 光子数分岐攻撃の可能性があります。",
  find_vacuum: "真空パルスにプリセットの {times} 倍の光子があります。",
  fix_vacuum:
    "強度変調器のバイアスを調整し(qkdlink device ADDR tune modulator once)、消光比を確認してください。",
  find_afterpulses: "アフターパルスがプリセットの {times} 倍です。",
  fix_afterpulses: "検出器のバイアスと温度を確認するか、不感時間を延ばしてください。",
  find_balance: "検出器 {weaker} の受光がもう一方より {percent} % 少なくなっています。",
  fix_balance:
    "受信器を校正してください(qkdlink device ADDR calibrate delay)。直らなければ検出器 {weaker} を点検します。検出器の不平衡は攻撃者に利用されます。",
  find_doubles: "同時計数が計数率から求めた値の {ratio} 倍です。",
  fix_doubles:
    "検出器のバイアスを確認してください。同時計数がなく電流が大きい場合は、通信路が攻撃されているものとして扱います: 検出器が目潰しされている可能性があります。",
  find_charge: "1 計数あたりの電荷は {charge} fC です。",
  fix_charge:
    "バイアス電源を確認してください。範囲より小さければバイアスの低下、はるかに大きければ検出器に強い光が入っています。後者の場合は通信路が攻撃されているものとして扱います。",
  find_loss: "光ファイバの損失は {loss} dB で、設計の許容値は {limit} dB です。",
  fix_loss:
    "すべてのコネクタを検査、清掃、再検査し、曲げがないか確認して、再試験してください。直らなければ両端から OTDR で測定します。",
  find_lossWays: "光ファイバの双方向の損失が {difference} dB 異なります。",
  find_lossMethods: "装置の測定と手動の測定が {difference} dB 異なります。",
  fix_lossMethods:
    "コードを清掃し基準を取り直して手動測定をやり直してください。測定器の校正期限も確認します。",
  find_elementLoss: "{element} の損失は {loss} dB で、規格は {limit} dB です。",
  fix_elementLoss: "{element} を検査、清掃、再検査して、この項目を再試験してください。",
  find_noise: "{channel} の雑音が理論式の {ratio} 倍です。",
  fix_noise: "{channel} の送信パワーを下げるか、別のチャネルに移すか、受信器のフィルタを確認してください。",
  find_noiseCost: "古典チャネルのために鍵が {percent} % 減ります。",
  fix_noiseCost: "雑音の大きいものから順に、送信パワーを下げるか、量子チャネルから離してください。",
  find_classicalPower: "{channel} の受信パワーは {power} dBm です。",
  find_classicalChange:
    "レーザを切り替えると {channel} が {change} dB 変化します: フィルタが通してはならない光を通しています。",
  fix_classicalChange: "量子ポートと古典ポートのフィルタが入れ替わっていないか確認してください。",
  find_qberHigh: "{basis} 基底の QBER は {qber} %、理論式では {expected} % です。",
  fix_qberHigh:
    "位相走査をやり直し、コネクタを清掃してください。装置に異常がないのに誤り率が下がらなければ、通信路が攻撃されているものとして扱います。",
  find_mismatched: "異なる基底のビットに {value} の相関があります: 基底が直交していません。",
  fix_mismatched: "qkdlink device ADDR tune phase once を実行して、再試験してください。",
  find_keyRate: "{blocks} ブロックで {rate} でした。測定値を入れた理論式では少なくとも {expected} です。",
  fix_keyRate:
    "まず他の項目を確認してください。レートはそれらで決まります。すべて合格なら、この計算機の負荷を調べます。",
  find_keyDemand: "リンクの鍵生成レートは {rate} で、要求は {demand} です。",
  fix_keyDemand: "要求、損失または雑音を下げてください。qkdlink plan が最も効く手段を示します。",
  find_noKey: "{seconds} 秒以内に鍵のブロックができませんでした。",
  find_alarmMissing: "発生すべき警報 {code} が発生しませんでした。",
  find_alarmStays: "警報 {code} が解除されませんでした。",
  find_alarmPlanes: "警報 {code} が一方の経路でしか通知されませんでした。",
  fix_alarm:
    "装置のファームウェアを更新するか、警報回路を点検してください。通知されない警報は役に立ちません。",
  find_noCutAlarm: "断線から {seconds} 秒以内に警報が出ませんでした。",
  fix_noCutAlarm: "受信器の警報 lossOfSignal が有効か、制御装置へのイベント回線を確認してください。",
  find_noFallback: "耐量子鍵への切替が行われませんでした。",
  fix_noFallback: "両局の切替方針と、局間の接続を確認してください。",
  find_notServed: "断線中に要求が拒否されました。",
  find_notBack: "復旧後に鍵ができませんでした。",
  fix_notBack: "光ファイバがつながっているか、損失を比べて曲げや接続不良がないか確認してください。",
  find_lossChanged: "光ファイバの損失が取外し前から {change} dB 変化しました。",
  fix_lossChanged: "開いたコネクタを検査、清掃、再検査して、再試験してください。",
  find_keysDiffer: "{keys} 個中 {differing} 個の鍵が両局で異なります。",
  fix_keysDiffer:
    "一方の局の鍵庫または鍵配送が改変されたものとして扱います。両局を停止し、監査ログを読み、新しい鍵庫で始めてください。",
  find_soakGap: "{seconds} 秒間新しい鍵がありませんでした。3 ブロックには {allowed} 秒かかります。",
  fix_soakGap: "連続運転の図を見て、同時に変化したもの(損失、誤り率、温度)を原因として調べてください。",
  find_soakQber: "時間の {percent} % で QBER が規格を超えました。",
  fix_soakQber: "動きを調べてください: 風で揺れる架空区間、振動、温度。位相追従も確認します。",
};
