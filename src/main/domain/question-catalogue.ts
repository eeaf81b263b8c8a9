/**
 * The ready questions. Their ids are kept with the answers: an id keeps its meaning for good, its words may be mended. Chosen so that the
 * answer is short, stays the same for life, can be said on the telephone, and is neither in a personnel file nor on a social network page
 * as birthdays, schools, pets, maiden names and home towns are.
 */
export const readyQuestions: readonly { readonly id: string; readonly ja: string; readonly en: string }[] = [
  {
    id: 'childhood-hiding-place',
    ja: '子どものころ、よく隠れていた場所はどこですか',
    en: 'Where did you like to hide as a child?',
  },
  {
    id: 'first-album',
    ja: '自分のお金で最初に買った音楽のアルバムまたは曲は何ですか',
    en: 'Which album or song was the first that you bought with your own money?',
  },
  {
    id: 'food-refused',
    ja: '子どものころ、どうしても食べられなかった料理は何ですか',
    en: 'Which dish did you refuse to eat as a child?',
  },
  {
    id: 'imaginary-name',
    ja: '子どものころ、ぬいぐるみや人形に付けた名前は何ですか',
    en: 'What did you call your favourite stuffed animal or doll?',
  },
  {
    id: 'first-lost-thing',
    ja: 'なくして今でも惜しいと思う物は何ですか',
    en: 'Which lost thing do you still miss?',
  },
  {
    id: 'broken-as-child',
    ja: '子どものころに壊して叱られた物は何ですか',
    en: 'What did you break as a child and get scolded for?',
  },
  {
    id: 'first-book-alone',
    ja: '初めて一人で最後まで読んだ本は何ですか',
    en: 'Which book was the first that you finished on your own?',
  },
  {
    id: 'childhood-neighbour',
    ja: '子どものころ、隣に住んでいた人の名字は何ですか',
    en: 'What was the family name of your neighbours when you were a child?',
  },
  {
    id: 'first-job-colleague',
    ja: '初めてのアルバイトで仕事を教えてくれた人の名字は何ですか',
    en: 'Who showed you the work in your very first job?',
  },
  {
    id: 'taught-to-swim',
    ja: '泳ぎを最初に教わったのはどこですか',
    en: 'Where did you learn to swim?',
  },
  {
    id: 'first-train-alone',
    ja: '初めて一人で電車やバスに乗って行った先はどこですか',
    en: 'Where did you go when you first took a train or bus alone?',
  },
  {
    id: 'feared-place',
    ja: '子どものころ、怖くて近づけなかった場所はどこですか',
    en: 'Which place were you afraid of as a child?',
  },
  {
    id: 'collected',
    ja: '小学生のころに集めていた物は何ですか',
    en: 'What did you collect when you were at primary school?',
  },
  {
    id: 'dream-job',
    ja: '小学生のころになりたかった職業は何ですか',
    en: 'What did you want to become when you were at primary school?',
  },
  {
    id: 'secret-snack',
    ja: '子どものころ、よく買っていた駄菓子は何ですか',
    en: 'Which sweet did you always buy as a child?',
  },
  {
    id: 'unfinished-hobby',
    ja: '始めてすぐにやめた習い事は何ですか',
    en: 'Which lesson or hobby did you give up soon after you began?',
  },
  {
    id: 'disliked-class',
    ja: '学校の行事でいちばん嫌いだったものは何ですか',
    en: 'Which school event did you dislike most?',
  },
  {
    id: 'first-cooked',
    ja: '初めて一人で作った料理は何ですか',
    en: 'Which dish was the first that you cooked alone?',
  },
  {
    id: 'told-story',
    ja: '子どものころ、繰り返し読んでもらった物語は何ですか',
    en: 'Which story did you ask to be told again and again?',
  },
  {
    id: 'first-injury',
    ja: '子どものころ、最初に大きなけがをした場所はどこですか',
    en: 'Where did you first hurt yourself badly as a child?',
  },
]
