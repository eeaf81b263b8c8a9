import type { errors as en } from '../en/errors'

/** 拒否の文言。title は事実 (監査ではこれだけを表示)、next は次にすること。 */
export const errors: typeof en = {
  'invalid-input': { title: '入力内容を使えません', next: '入力した内容を確かめて、もう一度お試しください。' },
  internal: {
    title: '予期しない問題が発生しました',
    next: 'もう一度お試しください。繰り返す場合は、発生した時刻を管理者に知らせてください。詳細はログに記録されています。',
  },
  'not-available': {
    title: 'ここでは利用できません',
    next: 'このバージョンまたはこのディレクトリでは使えない機能です。',
  },
  'reason-required': { title: '理由の入力が必要です', next: '履歴と監査に残す理由を入力してください。' },
  'file-unreadable': {
    title: 'ファイルを読み取れません',
    next: '{file}：読み取りが許可された、1 MB 以下のテキスト ファイルを選択してください。',
  },
  'file-not-written': {
    title: 'ファイルを書き込めませんでした',
    next: '{file}（{reason}）：別のフォルダーを選ぶか、空き容量を増やしてください。',
  },
  'config-missing': {
    title: '構成ファイルがありません',
    next: '管理者が {file} に構成ファイルを置くと、使えるようになります。',
  },
  'config-unreadable': {
    title: '構成ファイルを読み取れません',
    next: '{file}: {because}。修正してから、もう一度確認してください。',
  },
  'config-invalid': {
    title: '構成ファイルに誤りがあります',
    next: '{file} の {line} 行目、項目「{field}」: {because}。修正してから、もう一度確認してください。ファイルは変更していません。',
  },
  'config-untrusted-source': {
    title: 'この設定はユーザー自身のファイルからは読み取りません',
    next: '{file} の {line} 行目、項目「{field}」は、管理者がこのコンピューター全体の構成ファイルに設定します。',
  },
  'environment-unsafe': {
    title: 'このコンピューターの環境では秘密の情報が漏れるおそれがあります',
    next: '環境変数 {name} を削除してから、起動し直してください。',
  },
  'vault-locked': { title: 'インストール キーがロックされています', next: '先にパスフレーズを入力してください。' },
  'vault-not-set-up': { title: 'インストール キーがまだありません', next: '先にセットアップを済ませてください。' },
  'vault-already-set-up': {
    title: 'インストール キーはすでにあります',
    next: '何も変更していません。アプリを起動し直すと使えます。',
  },
  'vault-passphrase-wrong': {
    title: 'パスフレーズが違います',
    next: 'Caps Lock と入力モードを確かめてもう一度入力するか、回復キーを使ってください。',
  },
  'vault-passphrase-weak': {
    title: 'パスフレーズが推測されやすい内容です',
    next: '関連のない単語を 4 つ以上並べるなど、{minimum} 文字以上にしてください。',
  },
  'vault-recovery-key-wrong': {
    title: '回復キーがこのデスクのものと一致しません',
    next: '{because}控えと 1 文字ずつ見比べてください。',
  },
  'vault-key-file-wrong': {
    title: 'キー ファイルを使えません',
    next: '{file}: {because}管理者が修正するか、回復キーで開いてください。',
  },
  'vault-damaged': {
    title: '保存されているインストール キーが壊れています',
    next: 'データ フォルダーをバックアップから復元してください。',
  },
  'store-unavailable': {
    title: 'このデスクの保存データを使えません',
    next: '{file}: {because}。保存済みのデータはそのままです。',
  },
  'store-tampered': {
    title: '保存データが外部から変更されています',
    next: 'このデータは使いません。続ける前に管理者に知らせてください。',
  },
  'not-signed-in': { title: 'サインインしていません', next: '先にサインインしてください。' },
  'session-locked': { title: 'セッションがロックされています', next: '先にパスワードでロックを解除してください。' },
  'role-required': {
    title: 'この操作に必要なロールがありません',
    next: '管理者に、ディレクトリのロール用グループへの追加を依頼してください。',
  },
  'no-role': {
    title: 'このアカウントにはデスクのロールがありません',
    next: 'パスワードは正しいのですが、デスク用のグループに入っていません。管理者にディレクトリでの追加を依頼してください。',
  },
  'password-empty': { title: 'パスワードが入力されていません', next: 'パスワードを入力してください。' },
  'sign-in-wrong': {
    title: 'ユーザー ID またはパスワードが違います',
    next: '入力内容、Caps Lock、入力モードを確かめてください。間違えるたびに、ディレクトリでのロックに近づきます。',
  },
  'sign-in-locked': {
    title: 'このアカウントはロックアウトされています',
    next: 'ディレクトリで決められた時間が過ぎると解除されます。ほかの担当者に解除を依頼することもできます。',
  },
  'sign-in-expired': {
    title: 'このアカウントのパスワードは期限切れです',
    next: 'コンピューターのサインイン画面でパスワードを変更してから、サインインしてください。',
  },
  'sign-in-must-change': {
    title: '先にパスワードの変更が必要です',
    next: 'コンピューターのサインイン画面でパスワードを変更してから、サインインしてください。',
  },
  'sign-in-disabled': {
    title: 'このアカウントは無効です',
    next: 'ディレクトリの管理者に、有効にするよう依頼してください。',
  },
  'sign-in-account-expired': {
    title: 'このアカウントは有効期限が切れています',
    next: 'ディレクトリの管理者に、期限の延長を依頼してください。',
  },
  'sign-in-hours': {
    title: 'このアカウントは今の時間帯にはサインインできません',
    next: '許可された時間帯にサインインするか、ディレクトリの管理者に問い合わせてください。',
  },
  'sign-in-workstation': {
    title: 'このアカウントはこのコンピューターではサインインできません',
    next: '許可されたコンピューターを使うか、ディレクトリの管理者に問い合わせてください。',
  },
  'sign-in-other-person': {
    title: '別の人のセッションです',
    next: 'いったんサインアウトすると、別の人がサインインできます。',
  },
  'directory-unreachable': {
    title: 'ディレクトリから応答がありません',
    next: '{server} へのネットワークまたは VPN の接続を確かめて、もう一度お試しください。',
  },
  'directory-timeout': {
    title: 'ディレクトリから時間内に応答がありませんでした',
    next: '少し待ってから、もう一度お試しください。',
  },
  'directory-certificate': {
    title: 'ディレクトリの証明書を信頼できません',
    next: '{because}{server} には何も送信していません。管理者が、サーバーの証明書と構成ファイルの CA を確かめてください。',
  },
  'directory-tls-required': {
    title: 'ディレクトリが暗号化された接続に対応していません',
    next: '何も送信していません。管理者が、サーバーで LDAPS または StartTLS を有効にしてください。',
  },
  'directory-refused-rights': {
    title: 'この操作の権限がディレクトリにありません',
    next: '管理者に権限の付与を依頼するか、権限のある担当者に引き継いでください。',
  },
  'directory-refused-policy': {
    title: 'ディレクトリのパスワード ポリシーにより拒否されました',
    next: '{because}何も変更していません。もう一度行うと別のパスワードになります。繰り返す場合は、管理者がポリシーを確かめてください。',
  },
  'directory-refused': {
    title: 'ディレクトリに拒否されました',
    next: '何も変更していません。サーバーの応答はログに記録されています。管理者に知らせてください。',
  },
  'directory-kind-unknown': {
    title: 'ディレクトリの種類を判別できません',
    next: 'サーバーは応答しましたが、Active Directory でも OpenLDAP でもありません。管理者が構成を確かめてください。',
  },
  'directory-no-server': {
    title: 'ディレクトリのサーバーが見つかりません',
    next: '管理者が、構成ファイルのサーバー名またはドメインを確かめてください。',
  },
  'protected-group-unreadable': {
    title: '保護されたグループを読み取れません',
    next: '{group}: このユーザーがメンバーかどうかわからないため、ここでは操作できません。管理者が、構成ファイルのグループ名を直すか、担当者に読み取りを許可してください。',
  },
  'person-not-found': {
    title: 'このユーザーはディレクトリに存在しません',
    next: '移動または削除された可能性があります。もう一度検索してください。',
  },
  'search-too-short': {
    title: '検索する文字が足りません',
    next: '英字は 2 文字以上、漢字またはかなは 1 文字以上を入力してください。',
  },
  'request-not-found': { title: 'この依頼は存在しません', next: '受付一覧に戻って、選び直してください。' },
  'request-exists': {
    title: 'このユーザーにはすでに未完了の依頼があります',
    next: '依頼 {number} で対応を続けてください。',
  },
  'request-step-forbidden': {
    title: '依頼の現在の状態では、この操作はできません',
    next: 'ほかの人が先に進めた可能性があります。依頼の状態を確かめてください。',
  },
  'request-held-by-other': {
    title: 'この依頼は別の担当者が対応しています',
    next: '{name} さんが担当しています。引き継ぎを依頼してください。',
  },
  'request-not-claimed': { title: 'この依頼にはまだ担当者がいません', next: '先に依頼を担当してください。' },
  'request-changed': {
    title: 'ほかの人がこの依頼を変更しました',
    next: '現在の内容を確かめてから、もう一度操作してください。',
  },
  'operator-not-found': {
    title: 'この人には引き継げません',
    next: '担当者のグループに入っていません。別の担当者を選んでください。',
  },
  'checks-closed': {
    title: 'この人の本人確認は停止中です',
    next: '失敗が多すぎたため停止しています。時間がたつと再開します。承認者が再開することもできます。',
  },
  'method-not-found': { title: 'この認証方法は登録されていません', next: '別の方法を選んでください。' },
  'method-not-usable': { title: 'この認証方法は今回の依頼には使えません', next: '{because}別の方法を選んでください。' },
  'attestation-not-allowed': {
    title: 'この方法での本人確認は認められていません',
    next: '画面に表示されている方法から選んでください。',
  },
  'attestation-incomplete': {
    title: '本人確認の項目がそろっていません',
    next: 'すべての項目を確かめてください。一つでも違う場合は、依頼を却下してください。',
  },
  'attestation-not-found': { title: 'この本人確認の記録はありません', next: 'もう一度記録してください。' },
  'approval-needed': { title: '先に承認者の承認が必要です', next: '承認者に、この端末での承認を依頼してください。' },
  'approver-is-agent': { title: '本人確認をした人は承認できません', next: '別の承認者に依頼してください。' },
  'approver-is-target': { title: '自分のアカウントについては承認できません', next: '別の承認者に依頼してください。' },
  'approver-without-role': {
    title: 'このアカウントは承認者ではありません',
    next: '承認者のグループの人に依頼してください。',
  },
  'dial-not-possible': {
    title: 'この端末には電話をかけるプログラムがありません',
    next: '{scheme}: のリンクを開くプログラムを設定するか、コードの送信を使ってください。',
  },
  'draw-over': { title: 'この質問はもう回答できません', next: '回答済みか、時間切れです。質問を選び直してください。' },
  'answers-incomplete': { title: 'すべての質問に回答していません', next: 'それぞれの質問の回答を入力してください。' },
  'threat-changed': {
    title: 'ほかの人がたった今変更しました',
    next: '今の状態を確かめてから、もう一度決めてください。',
  },
  'approval-over': {
    title: '承認待ちではなくなりました',
    next: '決定済みか、時間切れか、依頼の担当者が変わっています。',
  },
  'key-not-available': {
    title: 'この端末ではセキュリティ キーを使えません',
    next: '別の方法を使ってください。理由はステータス行の状態で確認できます。',
  },
  'key-cancelled': {
    title: 'セキュリティ キーは使われませんでした',
    next: '持ち主の準備ができたら、もう一度始めてください。',
  },
  'key-timeout': {
    title: '時間内にセキュリティ キーに触れませんでした',
    next: 'もう一度始めて、キーが点滅したら触れてもらってください。',
  },
  'key-pin-wrong': {
    title: 'セキュリティ キーの PIN が一致しません',
    next: 'あと {remaining} 回でキーがロックされます。持ち主に PIN を入力し直してもらってください。',
  },
  'key-pin-blocked': {
    title: 'セキュリティ キーの PIN がロックされています',
    next: 'キーを抜いて差し直してください。それでも使えない場合は、キーを初期化して登録し直す必要があります。',
  },
  'key-pin-not-set': {
    title: 'セキュリティ キーに PIN が設定されていません',
    next: '先に、システムまたは製造元のプログラムで持ち主が PIN を設定してください。',
  },
  'key-already-registered': {
    title: 'このセキュリティ キーは登録済みです',
    next: '別のキーを使うか、先に登録を削除してください。',
  },
  'key-unknown': { title: '登録されているセキュリティ キーではありません', next: '登録したキーを差し込んでください。' },
  'key-refused': {
    title: 'セキュリティ キーの応答を確認できません',
    next: '失敗した確認として数えます。繰り返す場合はキーが複製されたおそれがあります。登録を削除し、報告してください。',
  },
  'key-failed': {
    title: 'セキュリティ キーが動作しませんでした',
    next: '差し直してもう一度始めるか、別の方法を使ってください。',
  },
  'address-invalid': {
    title: 'メール アドレスとして使えません',
    next: "name{'@'}example.com のように入力し直してください。",
  },
  'address-taken': {
    title: 'このアドレスは登録済みです',
    next: '別のアドレスを使うか、登録済みのものを確認し直してください。',
  },
  'extension-invalid': {
    title: 'この内線番号はかけられません',
    next: '数字だけを入力してください。内線番号は会社の電話だけに付けられます。',
  },
  'offer-gone': { title: 'ディレクトリにこの情報はもうありません', next: '本人から聞いて入力してください。' },
  'method-limit': {
    title: '登録できる数に達しています',
    next: '同じ種類は {limit} 件までです。先に 1 件削除してください。',
  },
  'method-in-use': { title: 'この人の最後の方法です', next: '先に別の方法を登録してください。' },
  'questions-too-few': { title: '回答した質問が足りません', next: '{required} 個の質問を選んで回答してください。' },
  'question-repeated': { title: '同じ質問が選ばれています', next: '別の質問を選んでください。' },
  'question-unknown': { title: 'この質問は選べません', next: '一覧から選んでください。' },
  'answer-length': { title: '回答の長さが合っていません', next: '{min}～{max} 文字で入力してください。' },
  'answer-repeated': { title: '同じ回答があります', next: '質問ごとに別の回答を入力してください。' },
  'answer-easy': { title: '回答が質問またはユーザー ID と同じです', next: '本人だけが知っている回答にしてください。' },
  'questions-invalid': { title: 'この質問は保存できません', next: '{reason}' },
  'voice-not-set-up': {
    title: '通話のゲートウェイが設定されていません',
    next: '管理者が設定で用意します。その間は別の方法を使ってください。',
  },
  'voice-refused': {
    title: 'ゲートウェイが発信しませんでした',
    next: '応答は {status} です。発信されていません。別の方法を使い、管理者に知らせてください。',
  },
  'voice-unreachable': {
    title: '通話のゲートウェイに接続できません',
    next: '{host} が応答しません。発信されていません。別の方法を使い、管理者に知らせてください。',
  },
  'voice-certificate': {
    title: '通話のゲートウェイを信頼できません',
    next: '{host} の証明書が合いません。発信されていません。管理者に知らせてください。',
  },
  'voice-unknown': {
    title: '発信されたか分かりません',
    next: 'ゲートウェイが時間内に応答しませんでした。次のコードを送る前に本人に確かめてください。',
  },
  'mail-not-set-up': {
    title: 'メール サーバーが設定されていません',
    next: '管理者が設定で用意します。その間は別の方法を使ってください。',
  },
  'mail-refused': {
    title: 'メール サーバーがメールを受け付けませんでした',
    next: '応答は {status} です。送信されていません。別の方法を使い、管理者に知らせてください。',
  },
  'mail-recipient-refused': {
    title: 'メール サーバーがこの宛先を拒否しました',
    next: '送信されていません。本人にアドレスを確かめるか、別の方法を使ってください。',
  },
  'mail-unreachable': {
    title: 'メール サーバーに接続できません',
    next: '{host} が応答しません。送信されていません。別の方法を使い、管理者に知らせてください。',
  },
  'mail-certificate': {
    title: 'メール サーバーを信頼できません',
    next: '{host} の証明書が合いません。送信されていません。管理者に知らせてください。',
  },
  'mail-tls-refused': {
    title: 'メール サーバーが安全な接続に応じません',
    next: '{host} が TLS に応じませんでした。メールは送信されていません。管理者にお知らせください。',
  },
  'mail-unknown': {
    title: '送信されたか分かりません',
    next: 'メール サーバーが時間内に応答しませんでした。次のコードを送る前に本人に確かめてください。',
  },
  'person-erased': {
    title: 'この人の情報は消去されています',
    next: 'この ID では登録できません。誤りの場合は管理者に知らせてください。',
  },
  'reveal-not-possible': {
    title: 'これは表示できません',
    next: '表示できるのは電話番号とメール アドレスだけです。シード、キー、回答は誰にも表示しません。',
  },
  'import-not-found': { title: 'この取り込みは終わっています', next: 'ファイルを選び直してください。' },
  'import-file-invalid': {
    title: 'このファイルは取り込めません',
    next: 'テンプレートと同じ列の UTF-8 の CSV にしてください。',
  },
  'import-running': { title: '取り込みの途中です', next: '終わるまでお待ちください。' },
  'enrolment-not-found': { title: 'この登録は終了しています', next: '最初からやり直してください。' },
  'enrolment-code-wrong': {
    title: 'コードが一致しません',
    next: '認証アプリに次のコードが表示されるのを待って入力してください。残りの試行は {remaining} 回です。端末の時刻は自動設定にしてください。',
  },
  'already-registered': { title: 'この認証方法はすでに登録されています', next: 'そのまま使えます。' },
  'caller-not-verified': { title: '本人確認が済んでいません', next: '先に本人確認を済ませてください。' },
  'proof-expired': { title: '本人確認の期限が切れました', next: 'もう一度本人確認を行ってください。' },
  'proof-spent': { title: '本人確認は使用済みです', next: '別の操作には、あらためて本人確認が必要です。' },
  'self-action': { title: '自分のアカウントは操作できません', next: 'ほかの担当者に依頼してください。' },
  'privileged-by-phone': {
    title: '特権アカウントの依頼は電話では対応できません',
    next: '本人に窓口まで来てもらってください。',
  },
  'privileged-needs-strong': {
    title: '特権アカウントには強力な認証方法が 2 つ必要です',
    next: 'この窓口ではなく、管理者が対応します。',
  },
  'heightened-by-phone': {
    title: '脅威が高まっている間は、電話では本人確認ができません',
    next: '本人に窓口まで来てもらってください。',
  },
  'action-blocked': {
    title: 'この操作をしてもサインインできるようになりません',
    next: '{because}先に、ディレクトリの管理者に解消してもらってください。',
  },
  'outcome-unknown-open': { title: '前回の書き込みの結果がまだわかりません', next: '先に結果を確かめてください。' },
  'audit-unavailable': {
    title: '監査の保存先に書き込めません',
    next: '何も実行していません。ディスクの空き容量を確かめてください。書き込めるようになるまで操作できません。',
  },
  'audit-copy-failed': {
    title: 'コピーを保存できませんでした',
    next: '別のフォルダーを選ぶか、空き容量とアクセス許可を確かめてください。',
  },
  'view-not-found': {
    title: 'このビューはもうありません',
    next: '別のビューを選んでください。この間に削除されました。',
  },
  'mail-not-found': {
    title: 'このメールはもうありません',
    next: 'メールの一覧に戻ってください。',
  },
  'mail-settled': {
    title: 'このメールはすでに別の担当者が処理しました',
    next: '何も変更していません。結果は一覧で確認できます。',
  },
  'template-invalid': {
    title: 'このテンプレートは使えません',
    next: '{name}：{because}直してから、もう一度保存してください。',
  },
  'code-too-soon': {
    title: '次のコードはもう少し後で送信できます',
    next: '{at} まで待ってください。それまでは、送信済みのコードで確認できます。',
  },
  'trial-too-soon': {
    title: 'テスト メッセージは先ほど送信したばかりです',
    next: '10 秒ほど待ってから、もう一度送信してください。',
  },
  'code-too-many': {
    title: 'この番号に送信できる回数の上限に達しました',
    next: '次に送信できるのは {at} です。それまでは、この人のほかの方法を使ってください。',
  },
  'code-over': {
    title: 'このコードはもう使えません',
    next: '新しいコードを送信し、いちばん新しいものを本人に確認してください。',
  },
  'number-invalid': {
    title: '電話番号として読み取れません',
    next: '市外局番から、または＋と国番号から、本人が言うとおりに入力してください。',
  },
  'number-not-mobile': {
    title: 'この番号にはテキスト メッセージを送信できません',
    next: '携帯電話の番号ではありません。携帯電話の番号を確認してください。',
  },
  'number-taken': {
    title: 'この番号はこの人にすでに登録されています',
    next: '登録済みのものを使うか、先に削除してください。',
  },
  'sms-not-set-up': {
    title: 'SMS ゲートウェイが設定されていません',
    next: '管理者が「設定」で登録してください。それまでは、ほかの方法を使ってください。',
  },
  'sms-refused': {
    title: 'SMS ゲートウェイがメッセージを受け付けませんでした',
    next: '応答は {status} です。何も送信していません。ほかの方法を使い、管理者に知らせてください。',
  },
  'sms-unreachable': {
    title: 'SMS ゲートウェイから応答がありません',
    next: '{host} には何も送信していません。ほかの方法を使い、続く場合は管理者に知らせてください。',
  },
  'sms-certificate': {
    title: 'SMS ゲートウェイの証明書を信頼できません',
    next: '{host} には何も送信していません。管理者が、証明書と設定の CA を確かめてください。',
  },
  'sms-unknown': {
    title: 'メッセージが送信されたかどうか分かりません',
    next: 'ゲートウェイから時間内に応答がありませんでした。届いたかどうかを本人に確認し、届いていなければ新しいコードを送信してください。',
  },
  'mailbox-unreachable': {
    title: 'メール サーバーから応答がありません',
    next: '{host}：名前、ポート、ネットワークを確かめてください。応答があるまで、メールはメールボックスに残ります。',
  },
  'mailbox-certificate': {
    title: 'メール サーバーの証明書を信頼できません',
    next: '{host} には何も送信していません。管理者が、証明書と設定の CA を確かめてください。',
  },
  'mailbox-tls-refused': {
    title: 'メール サーバーが暗号化された接続に対応していません',
    next: '{host} には何も送信していません。管理者が、TLS または STARTTLS を有効にしてください。',
  },
  'mailbox-refused': {
    title: 'メール サーバーがユーザー名またはパスワードを拒否しました',
    next: '管理者が「設定」で直してください。メールはメールボックスに残ります。',
  },
  'mailbox-folder-missing': {
    title: 'メールボックスにこのフォルダーがありません',
    next: '{folder}：管理者が「設定」で名前を直してください。',
  },
  'secret-missing': {
    title: 'パスワードまたはキーが登録されていません',
    next: '{name}：管理者が「設定」で入力してください。',
  },
  'config-not-written': {
    title: '設定を書き込めませんでした',
    next: '{file}：{because}何も変更していません。',
  },
  'config-changed': {
    title: '構成ファイルが別の人によって変更されました',
    next: '変更は保存していません。「設定」を開き直して、もう一度変更してください。',
  },
  'setting-invalid': {
    title: '正しくない設定があります',
    next: '「{field}」: {because}。修正してから、もう一度試してください。何も書き込んでいません。',
  },
  'authority-invalid': {
    title: 'ファイルに証明機関の証明書がありません',
    next: '{file}：{because}サーバー証明書に署名した証明機関 (CA) の証明書を PEM 形式で選択してください。',
  },
  'settings-lock-out': {
    title: 'この設定では、設定を変更できる人がいなくなります',
    next: 'この設定では、あなたは管理者ではありません。「管理者」に自分が所属するグループを指定してください。別のディレクトリに変えるときは、先にそこへサインインしてください。',
  },
  'desk-closed': {
    title: '監査の保存先が復旧するまで操作できません',
    next: 'すぐに管理者に知らせてください。すでに書き込んだ内容はそのまま残ります。',
  },
}
